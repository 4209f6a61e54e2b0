// The state machine of docs/revocations.md, with no network and a clock of its own.

#include "revocation_set.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace usher::verify {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Missing = RevocationSet::Missing;

constexpr std::int64_t start = 1'800'000'000;
constexpr SessionId first{1, 1};
constexpr SessionId second{2, 2};

class Revocations : public ::testing::Test {
 protected:
  RevocationSet set{seconds{30}};
  Moment now{
      std::chrono::system_clock::time_point{seconds{start}},
      std::chrono::steady_clock::time_point{} + std::chrono::hours{24}
  };

  void pass(seconds time)
  {
    now.wall += time;
    now.steady += time;
  }
  std::int64_t wall() const
  {
    return std::chrono::duration_cast<seconds>(now.wall.time_since_epoch()).count();
  }
  Statement statement(std::int64_t from, std::int64_t seq) const
  {
    return {.issued = wall(), .seq = seq, .from = from, .keep = 990};
  }
  void hear(const Statement& said) { set.add(said, now); }
  void hear(std::int64_t from, std::int64_t seq) { hear(statement(from, seq)); }
  void hear_ended(std::int64_t from, std::int64_t seq, SessionId session)
  {
    Statement said = statement(from, seq);
    said.sessions = {session};
    hear(said);
  }
  bool is_dead(SessionId session, std::int64_t user = 7, std::int64_t generation = 1) const
  {
    return set.is_revoked(session, user, generation, now.steady);
  }
  std::int64_t age_s() const
  {
    const auto age = set.age(now);
    return age ? std::chrono::duration_cast<seconds>(*age).count() : -1;
  }
};

TEST_F(Revocations, a_new_one_knows_nothing_and_wants_everything)
{
  EXPECT_EQ(set.missing(), Missing::all);
  EXPECT_EQ(age_s(), -1);
  EXPECT_FALSE(is_dead(first));
  EXPECT_FALSE(set.keep());
}

TEST_F(Revocations, a_heartbeat_alone_does_not_make_it_current)
{
  hear(812, 812);
  EXPECT_EQ(set.missing(), Missing::all);
  EXPECT_EQ(age_s(), -1);
}

TEST_F(Revocations, the_whole_set_makes_it_current)
{
  hear_ended(0, 812, first);
  EXPECT_EQ(set.missing(), Missing::nothing);
  EXPECT_EQ(set.have(), 812);
  EXPECT_EQ(age_s(), 0);
  EXPECT_TRUE(is_dead(first));
  EXPECT_FALSE(is_dead(second));
}

TEST_F(Revocations, the_whole_set_of_a_service_that_revoked_nothing_makes_it_current)
{
  hear(0, 0);
  EXPECT_EQ(set.missing(), Missing::nothing);
  EXPECT_EQ(age_s(), 0);
}

TEST_F(Revocations, a_whole_set_signed_before_the_newest_heartbeat_is_current_when_it_reaches_as_far)
{
  const Statement whole = statement(0, 812);
  pass(seconds{3});
  hear(812, 812);
  hear(whole);
  EXPECT_EQ(set.missing(), Missing::nothing);
  EXPECT_EQ(age_s(), 3) << "as old as it says";
}

TEST_F(Revocations, a_whole_set_that_ends_before_the_newest_heartbeat_leaves_a_gap)
{
  const Statement whole = statement(0, 810);
  pass(seconds{3});
  hear(812, 812);
  hear(whole);
  EXPECT_EQ(set.missing(), Missing::some);
  EXPECT_EQ(age_s(), 3) << "current as of when it was signed";
  hear(810, 812);
  EXPECT_EQ(age_s(), 0);
}

TEST_F(Revocations, what_follows_is_added)
{
  hear(0, 5);
  pass(seconds{1});
  hear_ended(5, 6, first);
  EXPECT_EQ(set.have(), 6);
  EXPECT_TRUE(is_dead(first));
}

TEST_F(Revocations, a_held_back_statement_shows_as_a_gap_and_stops_the_clock)
{
  hear(0, 5);
  pass(seconds{4});
  hear_ended(6, 7, second);
  EXPECT_EQ(set.missing(), Missing::some);
  EXPECT_EQ(set.have(), 5);
  EXPECT_EQ(age_s(), 4);
  EXPECT_TRUE(is_dead(second)) << "what is heard counts, gap or not";
  hear_ended(5, 7, first);
  EXPECT_EQ(set.missing(), Missing::nothing);
  EXPECT_EQ(age_s(), 0);
  EXPECT_TRUE(is_dead(first));
}

TEST_F(Revocations, a_replayed_statement_neither_revives_nor_refreshes)
{
  const Statement old = statement(0, 5);
  hear(old);
  pass(seconds{2});
  hear_ended(5, 6, first);
  pass(seconds{50});
  for (int i = 0; i < 100; ++i) {
    hear(old);
  }
  EXPECT_TRUE(is_dead(first));
  EXPECT_EQ(set.have(), 6);
  EXPECT_EQ(age_s(), 50);
}

TEST_F(Revocations, the_newest_statement_replayed_does_not_refresh_either)
{
  const Statement newest = statement(0, 5);
  hear(newest);
  pass(seconds{50});
  hear(newest);
  EXPECT_EQ(age_s(), 50);
}

TEST_F(Revocations, order_does_not_matter)
{
  std::vector<Statement> said{statement(0, 2), statement(2, 3), statement(3, 4), statement(4, 4)};
  said[1].sessions = {first};
  said[2].sessions = {second};
  for (std::size_t i = 0; i < said.size(); ++i) {
    said[i].issued += static_cast<std::int64_t>(i);
  }
  pass(seconds{4});
  std::minstd_rand random{7};
  for (int round = 0; round < 200; ++round) {
    std::shuffle(said.begin(), said.end(), random);
    set = RevocationSet{seconds{30}};
    for (const Statement& one : said) {
      hear(one);
      hear(said.front());
    }
    EXPECT_TRUE(is_dead(first) && is_dead(second));
    // A delta that came before what it follows on is asked for again.
    if (set.missing() != Missing::nothing) {
      hear(set.have(), 4);
    }
    EXPECT_EQ(set.have(), 4);
    EXPECT_LE(age_s(), 2);
    hear(4, 4);
    EXPECT_EQ(age_s(), 0);
  }
}

TEST_F(Revocations, a_user_is_dead_below_the_generation)
{
  Statement said = statement(0, 1);
  said.users = {{7, 3}};
  hear(said);
  EXPECT_TRUE(is_dead(first, 7, 2));
  EXPECT_FALSE(is_dead(first, 7, 3));
  EXPECT_FALSE(is_dead(first, 8, 1));
}

TEST_F(Revocations, a_generation_is_never_taken_back)
{
  Statement said = statement(0, 2);
  said.users = {{7, 3}};
  hear(said);
  said.users = {{7, 2}};
  hear(said);
  EXPECT_TRUE(is_dead(first, 7, 2));
  said.users = {{7, 5}};
  hear(said);
  EXPECT_TRUE(is_dead(first, 7, 4));
}

TEST_F(Revocations, a_deleted_account_is_dead_in_every_generation)
{
  Statement said = statement(0, 2);
  said.users = {{7, 9'007'199'254'740'991}};
  hear(said);
  EXPECT_TRUE(is_dead(first, 7, 1'000'000));
}

TEST_F(Revocations, entries_are_forgotten_when_no_token_can_need_them)
{
  hear_ended(0, 1, first);
  pass(seconds{990 + 30});
  EXPECT_TRUE(is_dead(first));
  pass(seconds{1});
  EXPECT_FALSE(is_dead(first));
  hear(1, 1);
  EXPECT_EQ(set.entries(), 0);
}

TEST_F(Revocations, an_entry_that_comes_again_is_kept_from_then_on)
{
  hear_ended(0, 1, first);
  pass(seconds{900});
  hear_ended(1, 2, first);
  pass(seconds{900});
  EXPECT_TRUE(is_dead(first));
}

TEST_F(Revocations, the_longest_keep_decides_how_long_an_entry_stays)
{
  hear_ended(0, 1, first);
  pass(seconds{1});
  Statement shorter = statement(1, 1);
  shorter.keep = 60;
  hear(shorter);
  EXPECT_EQ(set.keep(), seconds{60});
  pass(seconds{500});
  EXPECT_TRUE(is_dead(first));
}

TEST_F(Revocations, a_restored_service_counts_anew_and_nothing_is_forgotten)
{
  hear_ended(0, 812, first);
  pass(seconds{5});
  hear(700, 700);
  EXPECT_EQ(set.have(), 700);
  EXPECT_EQ(set.missing(), Missing::all);
  EXPECT_EQ(age_s(), 5);
  pass(seconds{1});
  hear_ended(0, 701, second);
  EXPECT_EQ(set.missing(), Missing::nothing);
  EXPECT_EQ(age_s(), 0);
  EXPECT_TRUE(is_dead(first) && is_dead(second));
}

TEST_F(Revocations, a_whole_set_from_before_the_restore_does_not_stand_for_the_one_after)
{
  const Statement before = statement(0, 812);
  hear(before);
  pass(seconds{5});
  hear(700, 700);
  hear(before);
  EXPECT_EQ(set.missing(), Missing::all);
  EXPECT_EQ(set.have(), 700);
  EXPECT_EQ(age_s(), 5);
}

TEST_F(Revocations, the_whole_set_may_be_the_first_to_show_a_restore)
{
  hear(0, 812);
  pass(seconds{5});
  hear_ended(0, 3, first);
  EXPECT_EQ(set.have(), 3);
  EXPECT_EQ(set.missing(), Missing::nothing);
  EXPECT_EQ(age_s(), 0);
}

TEST_F(Revocations, an_older_statement_with_a_higher_number_is_added_but_not_placed)
{
  Statement before = statement(0, 900);
  before.sessions = {first};
  before.issued -= 10'000;
  hear(0, 800);
  hear(before);
  EXPECT_EQ(set.have(), 800) << "the numbers of before a restore would hide what comes";
  EXPECT_TRUE(is_dead(first));
  pass(seconds{1});
  hear(802, 802);
  EXPECT_EQ(set.missing(), Missing::some);
  EXPECT_EQ(age_s(), 1);
  hear_ended(800, 802, second);
  EXPECT_EQ(set.have(), 802);
  EXPECT_TRUE(is_dead(second));
  EXPECT_EQ(age_s(), 0);
}

TEST_F(Revocations, such_a_one_is_not_dated_either)
{
  Statement before = statement(0, 900);
  pass(seconds{5});
  hear(800, 800);
  hear(before);
  EXPECT_EQ(set.missing(), Missing::all);
  EXPECT_EQ(set.have(), 0);
  EXPECT_EQ(age_s(), -1);
}

TEST_F(Revocations, a_number_below_one_that_was_only_heard_of_shows_a_restore)
{
  hear(0, 5);
  pass(seconds{1});
  hear(812, 812);
  pass(seconds{1});
  hear(700, 700);
  EXPECT_EQ(set.missing(), Missing::all);
  EXPECT_EQ(set.have(), 700);
  pass(seconds{1});
  hear(0, 700);
  EXPECT_EQ(set.missing(), Missing::nothing);
  EXPECT_EQ(age_s(), 0);
}

TEST_F(Revocations, a_late_statement_of_a_lower_number_leaves_the_gap_open)
{
  const Statement late = statement(5, 6);
  hear(0, 5);
  pass(seconds{1});
  hear(9, 9);
  hear(late);
  EXPECT_EQ(set.have(), 6);
  EXPECT_EQ(set.missing(), Missing::some);
}

TEST_F(Revocations, the_time_at_the_service_goes_on_by_the_clock_that_cannot_be_set)
{
  const auto at_start = now.wall;
  EXPECT_LT(set.service_time(now), at_start - std::chrono::hours{24});
  hear(0, 1);
  now.wall -= std::chrono::hours{2};
  now.steady += seconds{1200};
  EXPECT_EQ(set.service_time(now), at_start + seconds{1200});
}

TEST_F(Revocations, a_late_statement_is_not_a_restore)
{
  const Statement late = statement(3, 4);
  pass(seconds{1});
  hear(0, 9);
  hear(late);
  EXPECT_EQ(set.have(), 9);
  EXPECT_EQ(set.missing(), Missing::nothing);
}

TEST_F(Revocations, a_statement_out_of_the_future_adds_but_proves_nothing)
{
  hear(0, 1);
  Statement future = statement(1, 2);
  future.issued += 3600;
  future.sessions = {first};
  hear(future);
  EXPECT_TRUE(is_dead(first));
  EXPECT_EQ(set.have(), 1);
  EXPECT_EQ(set.heard(), start);
  pass(seconds{5});
  hear(1, 2);
  EXPECT_EQ(age_s(), 0) << "later honest statements count";
}

TEST_F(Revocations, a_statement_ahead_within_the_leeway_counts)
{
  Statement ahead = statement(0, 1);
  ahead.issued += 20;
  hear(ahead);
  EXPECT_EQ(age_s(), 0);
}

TEST_F(Revocations, an_old_whole_set_at_the_start_is_as_old_as_it_says)
{
  Statement old = statement(0, 5);
  old.issued -= 500;
  hear(old);
  EXPECT_EQ(age_s(), 500);
}

TEST_F(Revocations, a_wall_clock_set_back_does_not_make_it_look_new)
{
  hear(0, 1);
  now.wall -= std::chrono::hours{1};
  now.steady += seconds{50};
  EXPECT_EQ(age_s(), 50);
}

TEST_F(Revocations, a_wall_clock_set_back_does_not_let_a_replay_look_new)
{
  const Statement said = statement(0, 1);
  hear(said);
  pass(seconds{50});
  now.wall -= std::chrono::hours{1};
  hear(said);
  EXPECT_EQ(age_s(), 50);
}

TEST_F(Revocations, a_wall_clock_set_forward_makes_it_look_old_and_forgets_nothing)
{
  hear_ended(0, 1, first);
  now.wall += std::chrono::hours{1};
  EXPECT_EQ(age_s(), 3600);
  EXPECT_TRUE(is_dead(first));
}

TEST_F(Revocations, memory_does_not_grow_with_replays)
{
  Statement whole = statement(0, 1000);
  for (std::uint64_t i = 0; i < 1000; ++i) {
    whole.sessions.push_back({i, i});
    whole.users.emplace_back(static_cast<std::int64_t>(i + 1), 2);
  }
  for (int i = 0; i < 50; ++i) {
    pass(seconds{1});
    hear(whole);
  }
  EXPECT_EQ(set.entries(), 2000);
}

TEST(SessionIds, are_read_in_their_one_form_only)
{
  const auto id = parse_session("019ab7d2-7f3c-7a01-8b12-0123456789ab");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->high, 0x019ab7d27f3c7a01U);
  EXPECT_EQ(id->low, 0x8b120123456789abU);
  for (const char* wrong :
       {"",
        "019AB7D2-7f3c-7a01-8b12-0123456789ab",
        "019ab7d27f3c7a018b120123456789ab",
        "019ab7d2-7f3c-7a01-8b12-0123456789a",
        "019ab7d2+7f3c-7a01-8b12-0123456789ab",
        "019ab7d2-7f3c-7a01-8b12-0123456789ag",
        "-19ab7d2-7f3c-7a01-8b12-0123456789ab"}) {
    EXPECT_FALSE(parse_session(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace usher::verify
