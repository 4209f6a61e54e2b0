#include "features/revocations/channel.hpp"

#include "features/revocations/workbench_test.hpp"

#include <gmock/gmock.h>

#include <limits>
#include <new>
#include <optional>

namespace usher::revocations {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

struct Channels : Workbench {
  std::unique_ptr<Ear> listening(std::optional<std::int64_t> since = {})
  {
    return std::make_unique<Ear>(channel.listen(since).value());
  }
};

TEST_F(Channels, tell_a_new_listener_where_the_feed_stands)
{
  end_sessions(4);
  const auto ear = listening();
  EXPECT_THAT(ear->heard, StartsWith("retry: 1000\n\nid: 4\nevent: revocations\ndata: eyJ"));
  EXPECT_TRUE(ear->heard.ends_with("\n\n"));
  const auto said = heard_by(*ear);
  ASSERT_THAT(said, SizeIs(1));
  EXPECT_EQ(
      said[0].payload,
      R"({"iss":"usher","aud":"revocations","type":"revocations","iat":1800000000,"exp":0,)"
      R"("seq":4,"from":4,"keep":960,"sessions":[],"users":{}})"
  );
}

TEST_F(Channels, bring_what_is_revoked_to_all_listeners)
{
  end_sessions(2);
  const auto one = listening();
  const auto other = listening();
  one->take();
  other->take();
  const auto ended = end_sessions(1);
  raise_generation(7, 3);
  channel.tell();
  turn();
  EXPECT_EQ(one->heard, other->heard);
  const auto said = heard_by(*one);
  ASSERT_THAT(said, SizeIs(1));
  EXPECT_EQ(said[0].from(), 2);
  EXPECT_EQ(said[0].seq(), 4);
  EXPECT_TRUE(said[0].holds(ended[0]));
  EXPECT_THAT(said[0].payload, HasSubstr(R"("users":{"7":3})"));
}

TEST_F(Channels, bring_the_very_first_revocation_too)
{
  const auto ear = listening();
  ear->take();
  const auto ended = end_sessions(1);
  channel.tell();
  turn();
  const auto said = heard_by(*ear);
  ASSERT_THAT(said, SizeIs(1));
  EXPECT_EQ(said[0].from(), 0);
  EXPECT_EQ(said[0].seq(), 1);
  EXPECT_TRUE(said[0].holds(ended[0]));
}

TEST_F(Channels, say_a_deleted_account_in_a_number_that_every_reader_takes_whole)
{
  end_sessions(1);
  const auto ear = listening();
  ear->take();
  raise_generation(7, std::numeric_limits<std::int64_t>::max());
  channel.tell();
  turn();
  EXPECT_THAT(heard_by(*ear).at(0).payload, HasSubstr(R"("users":{"7":9007199254740991})"));
}

TEST_F(Channels, sign_many_revocations_in_one_statement)
{
  end_sessions(1);
  const auto ear = listening();
  ear->take();
  for (int i = 0; i < 10; ++i) {
    end_sessions(1);
    channel.tell();
  }
  turn();
  const auto said = heard_by(*ear);
  ASSERT_THAT(said, SizeIs(1));
  EXPECT_EQ(said[0].from(), 1);
  EXPECT_EQ(said[0].seq(), 11);
}

// What comes between the making of a listener's first event and its joining has to reach it.
TEST_F(Channels, lose_nothing_between_the_first_event_and_the_joining)
{
  end_sessions(1);
  Channel::Place place = channel.listen({}).value();
  const auto ended = end_sessions(1);
  channel.tell();
  Ear ear{std::move(place)};
  turn();
  const auto said = heard_by(ear);
  ASSERT_THAT(said, SizeIs(2));
  EXPECT_EQ(said[0].seq(), 1);
  EXPECT_LE(said[1].from(), 1);
  EXPECT_TRUE(said[1].holds(ended[0]));
}

TEST_F(Channels, let_a_listener_join_while_news_is_on_its_way)
{
  end_sessions(1);
  const auto early = listening();
  end_sessions(1);
  channel.tell();
  const auto late = listening();
  turn();
  const auto said = heard_by(*late);
  ASSERT_THAT(said, SizeIs(2));
  EXPECT_EQ(said[0].seq(), 2);
  EXPECT_EQ(said[1].from(), 1) << "twice does no harm";
}

TEST_F(Channels, give_who_comes_back_what_it_missed)
{
  end_sessions(3);
  const auto missed = end_sessions(2);
  const auto said = heard_by(*listening(3));
  ASSERT_THAT(said, SizeIs(1));
  EXPECT_EQ(said[0].from(), 3);
  EXPECT_EQ(said[0].seq(), 5);
  EXPECT_TRUE(said[0].holds(missed[0]) && said[0].holds(missed[1]));
}

TEST_F(Channels, tell_who_missed_nothing_that_there_is_nothing)
{
  end_sessions(3);
  const auto said = heard_by(*listening(3));
  EXPECT_EQ(said.at(0).from(), 3);
  EXPECT_EQ(said.at(0).seq(), 3);
}

TEST_F(Channels, let_who_missed_much_or_knows_more_than_there_is_ask_for_it)
{
  end_sessions(Channel::entries_max + 10);
  const auto all = static_cast<std::int64_t>(Channel::entries_max + 10);
  for (const std::int64_t since : {std::int64_t{0}, std::int64_t{1}, all + 1}) {
    const auto said = heard_by(*listening(since));
    ASSERT_THAT(said, SizeIs(1)) << since;
    EXPECT_EQ(said[0].from(), all) << since;
    EXPECT_EQ(said[0].seq(), all) << since;
  }
}

// A verifier takes a statement that misses nothing for the present as of its `iat`.
TEST_F(Channels, date_a_piece_of_many_by_when_its_beginning_was_the_end)
{
  end_sessions(1);
  const auto ear = listening();
  ear->take();
  clock.advance(7s);
  end_sessions(Channel::entries_max + 10);
  channel.tell();
  turn();
  const auto said = heard_by(*ear);
  ASSERT_THAT(said, SizeIs(2));
  EXPECT_EQ(said[0].from(), 1);
  EXPECT_EQ(said[0].seq(), 1 + static_cast<std::int64_t>(Channel::entries_max));
  EXPECT_EQ(said[0].iat(), 1'800'000'000);
  EXPECT_EQ(said[1].from(), said[0].seq());
  EXPECT_EQ(said[1].seq(), last);
  EXPECT_EQ(said[1].iat(), 1'800'000'007);
}

TEST_F(Channels, let_listeners_ask_when_more_is_revoked_than_is_pushed)
{
  end_sessions(1);
  const auto ear = listening();
  ear->take();
  end_sessions(Channel::entries_max * (Channel::pieces_max + 1));
  channel.tell();
  turn();
  const auto said = heard_by(*ear);
  ASSERT_THAT(said, SizeIs(Channel::pieces_max + 1));
  EXPECT_GT(said.back().from(), said[Channel::pieces_max - 1].seq()) << "a gap that shows";
  EXPECT_EQ(said.back().seq(), last);
}

TEST_F(Channels, sign_nothing_when_nobody_listens)
{
  listening().reset();
  end_sessions(1);
  channel.tell();
  turn();
  EXPECT_THAT(metrics.exposition(), HasSubstr("usher_revocation_events_total 1\n"));
}

TEST_F(Channels, begin_anew_with_who_comes_after_all_have_left)
{
  end_sessions(1);
  listening().reset();
  end_sessions(1);
  const auto ear = listening();
  EXPECT_EQ(heard_by(*ear).at(0).seq(), 2);
  end_sessions(1);
  channel.tell();
  turn();
  EXPECT_EQ(heard_by(*ear).at(0).from(), 2);
}

TEST_F(Channels, have_room_for_so_many_listeners)
{
  auto one = listening();
  const auto two = listening();
  const auto three = listening();
  const auto refused = channel.listen({});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), "too_many_listeners");
  EXPECT_GT(refused.error().retry_after, 0s);
  EXPECT_THAT(metrics.exposition(), HasSubstr("usher_revocation_listeners 3\n"));
  one.reset();
  EXPECT_TRUE(channel.listen({}));
}

TEST_F(Channels, show_who_only_looks_that_there_is_room_and_give_it_none)
{
  std::vector<std::shared_ptr<http::Seat>> shown;
  for (int i = 0; i < 10; ++i) {
    shown.push_back(channel.look().value());
  }
  const auto one = listening();
  const auto two = listening();
  const auto three = listening();
  EXPECT_EQ(channel.look().error().code(), "too_many_listeners");
}

TEST_F(Channels, gather_what_is_revoked_while_they_are_sending)
{
  end_sessions(1);
  Feed large{
      {.revoked = revoked,
       .keys = ring,
       .tokens = tokens,
       .clock = clock,
       .metrics = metrics,
       .options = {.listeners_max = 1000}}
  };
  Channel busy{large, loop.get_executor(), mint};
  std::vector<std::unique_ptr<Ear>> ears;
  for (int i = 0; i < 600; ++i) {
    ears.push_back(std::make_unique<Ear>(busy.listen({}).value()));
    ears.back()->take();
  }
  end_sessions(1);
  busy.tell();
  loop.restart();
  loop.run_one();  // to some of them
  for (int i = 0; i < 5; ++i) {
    end_sessions(1);
    busy.tell();
    loop.run_one();
  }
  turn();
  for (const auto& ear : ears) {
    const auto said = heard_by(*ear);
    ASSERT_GE(said.size(), 2U);
    EXPECT_LE(said.size(), 4U) << "not one for each";
    EXPECT_EQ(said.front().from(), 1);
    EXPECT_EQ(said.back().seq(), last);
    for (std::size_t i = 1; i < said.size(); ++i) {
      EXPECT_EQ(said[i].from(), said[i - 1].seq());
    }
  }
}

TEST_F(Channels, sign_with_the_key_that_is_active_now)
{
  end_sessions(1);
  const auto ear = listening();
  ear->take();
  const tokens::SigningKey fresh = new_key();
  ring.publish(ring_of(fresh));
  end_sessions(1);
  channel.tell();
  turn();
  EXPECT_EQ(statements_in(ear->take(), fresh).at(0).seq(), 2);
}

TEST_F(Channels, give_who_asks_what_is_new_and_the_same_for_a_while)
{
  end_sessions(3);
  const Shared first = channel.after(1);
  ASSERT_TRUE(first);
  EXPECT_EQ((Said{first->text, key}.from()), 1);
  EXPECT_EQ((Said{first->text, key}.seq()), 3);
  clock.advance(9s);
  EXPECT_EQ(channel.after(1), first);
  clock.advance(1s);
  const Shared again = channel.after(1);
  EXPECT_NE(again->etag, first->etag);
  EXPECT_EQ((Said{again->text, key}.iat()), 1'800'000'010);
  end_sessions(1);
  EXPECT_EQ(channel.after(1)->seq, 4);
}

TEST_F(Channels, sign_anew_when_the_clock_was_set_back)
{
  end_sessions(1);
  const Shared first = channel.after(1);
  clock.advance(-5s);
  EXPECT_NE(channel.after(1), first);
}

TEST_F(Channels, have_no_answer_but_the_whole_set_for_some)
{
  end_sessions(Channel::entries_max + 10);
  EXPECT_FALSE(channel.after(0)) << "the beginning is the whole set";
  EXPECT_FALSE(channel.after(1)) << "so much that the whole set is the better answer";
  EXPECT_FALSE(channel.after(last + 1)) << "a number never given";
  EXPECT_TRUE(channel.after(last));
  EXPECT_TRUE(channel.after(20));
}

struct FaultyClock final : Clock {
  Instant now() const override
  {
    if (faulty) {
      throw std::bad_alloc{};
    }
    return start_time;
  }
  bool faulty{false};
};

struct BeatingHearts : Workbench {
  BeatingHearts() { ear->take(); }

  /// The next beat is due at once.
  void beat()
  {
    loop.restart();
    loop.run_one();
  }

  Feed quick{
      {.revoked = revoked,
       .keys = ring,
       .tokens = tokens,
       .clock = clock,
       .metrics = metrics,
       .options = {.heartbeat = 0s}}
  };
  Channel beating{quick, loop.get_executor(), mint};
  std::unique_ptr<Ear> ear{std::make_unique<Ear>(beating.listen({}).value())};
};

TEST_F(BeatingHearts, say_that_there_is_nothing_new)
{
  clock.advance(5s);
  beat();
  const auto said = heard_by(*ear);
  ASSERT_THAT(said, SizeIs(1));
  EXPECT_EQ(said[0].from(), 0);
  EXPECT_EQ(said[0].seq(), 0);
  EXPECT_EQ(said[0].iat(), 1'800'000'005);
}

TEST_F(BeatingHearts, bring_news_that_nobody_was_told_of)
{
  const auto ended = end_sessions(1);
  beat();
  const auto said = heard_by(*ear);
  ASSERT_THAT(said, SizeIs(1));
  EXPECT_TRUE(said[0].holds(ended[0]));
}

TEST_F(BeatingHearts, survive_what_fails_and_try_again)
{
  FaultyClock faulty;
  Feed failing{
      {.revoked = revoked,
       .keys = ring,
       .tokens = tokens,
       .clock = faulty,
       .metrics = metrics,
       .options = {.heartbeat = 0s}}
  };
  ear.reset();
  beat();
  Channel other{failing, loop.get_executor(), mint};
  Ear hearing{other.listen({}).value()};
  hearing.take();
  const auto ended = end_sessions(1);
  faulty.faulty = true;
  EXPECT_NO_THROW(beat());
  other.tell();
  EXPECT_NO_THROW(beat());
  EXPECT_THAT(hearing.heard, IsEmpty());
  EXPECT_THAT(metrics.exposition(), HasSubstr("usher_revocation_failures_total 2\n"));
  faulty.faulty = false;
  beat();
  const auto said = heard_by(hearing);
  ASSERT_THAT(said, SizeIs(1));
  EXPECT_TRUE(said[0].holds(ended[0]));
}

TEST_F(BeatingHearts, stop_when_nobody_listens_and_begin_again)
{
  ear.reset();
  beat();
  loop.restart();
  EXPECT_EQ(loop.poll(), 0U);
  ear = std::make_unique<Ear>(beating.listen({}).value());
  ear->take();
  beat();
  EXPECT_THAT(heard_by(*ear), SizeIs(1));
}

}  // namespace
}  // namespace usher::revocations
