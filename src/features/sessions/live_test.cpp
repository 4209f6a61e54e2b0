#include "features/sessions/live.hpp"

#include "crypto/random.hpp"
#include "features/users/store.hpp"
#include "testing/database.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>
#include <vector>

namespace usher::sessions {
namespace {

using namespace std::chrono_literals;

constexpr Revoked::Stamp start{};
constexpr std::int64_t ada = 7;
constexpr std::int64_t bob = 8;

Revocation end_of(const Uuid& session)
{
  return {.session = session, .user = users::UserId{ada}};
}

Revocation generation_of(std::int64_t user, std::int64_t generation)
{
  return {.user = users::UserId{user}, .generation = generation};
}

TEST(Revoked, knows_nothing_at_first)
{
  const Revoked revoked{15min};
  Revoked::View view{revoked};
  EXPECT_FALSE(view.is_dead(crypto::make_uuid7(), ada, 1));
  EXPECT_EQ(revoked.size(), 0U);
}

TEST(Revoked, knows_a_session_that_ended_and_no_other)
{
  Revoked revoked{15min};
  Revoked::View view{revoked};
  const Uuid session = crypto::make_uuid7();
  revoked.apply(std::array{end_of(session)}, start);
  EXPECT_TRUE(view.is_dead(session, ada, 1));
  EXPECT_FALSE(view.is_dead(crypto::make_uuid7(), ada, 1));
}

TEST(Revoked, knows_the_lowest_generation_alive)
{
  Revoked revoked{15min};
  Revoked::View view{revoked};
  const Uuid session = crypto::make_uuid7();
  revoked.apply(std::array{generation_of(ada, 3)}, start);
  EXPECT_TRUE(view.is_dead(session, ada, 2));
  EXPECT_FALSE(view.is_dead(session, ada, 3));
  EXPECT_FALSE(view.is_dead(session, bob, 2));
}

TEST(Revoked, never_lowers_a_generation)
{
  Revoked revoked{15min};
  Revoked::View view{revoked};
  revoked.apply(std::array{generation_of(ada, 5), generation_of(ada, 3)}, start);
  EXPECT_TRUE(view.is_dead(crypto::make_uuid7(), ada, 4));
}

TEST(Revoked, keeps_everything_when_it_grows)
{
  Revoked revoked{15min};
  Revoked::View view{revoked};
  std::vector<Uuid> ended;
  for (int i = 0; i < 5000; ++i) {
    ended.push_back(crypto::make_uuid7());
    revoked.apply(std::array{end_of(ended.back()), generation_of(1000 + i, 2)}, start);
  }
  EXPECT_EQ(revoked.size(), 10000U);
  for (int i = 0; i < 5000; ++i) {
    EXPECT_TRUE(view.is_dead(ended[static_cast<std::size_t>(i)], ada, 1));
    EXPECT_TRUE(view.is_dead(crypto::make_uuid7(), 1000 + i, 1));
    EXPECT_FALSE(view.is_dead(crypto::make_uuid7(), 1000 + i, 2));
  }
}

TEST(Revoked, forgets_what_no_token_can_be_as_old_as)
{
  Revoked revoked{15min};
  Revoked::View view{revoked};
  const Uuid old = crypto::make_uuid7();
  const Uuid recent = crypto::make_uuid7();
  const Uuid latest = crypto::make_uuid7();
  revoked.apply(std::array{end_of(old)}, start);
  revoked.apply(std::array{end_of(recent)}, start + 15min);
  EXPECT_TRUE(view.is_dead(old, ada, 1));
  revoked.apply(std::array{end_of(latest)}, start + 30min + 1s);
  EXPECT_FALSE(view.is_dead(old, ada, 1));
  EXPECT_TRUE(view.is_dead(latest, ada, 1));
}

TEST(Revoked, keeps_what_is_young_when_it_forgets)
{
  Revoked revoked{15min};
  Revoked::View view{revoked};
  const Uuid young = crypto::make_uuid7();
  revoked.apply(std::array{end_of(crypto::make_uuid7()), end_of(crypto::make_uuid7())}, start);
  revoked.apply(std::array{end_of(young), generation_of(ada, 2)}, start + 14min);
  revoked.apply(std::array{end_of(crypto::make_uuid7())}, start + 20min);
  EXPECT_TRUE(view.is_dead(young, bob, 1));
  EXPECT_TRUE(view.is_dead(crypto::make_uuid7(), ada, 1));
}

/// A database in which the clock can be read, and set.
struct FollowedRevoked : ::testing::Test {
  const testing::TestDatabase database{users::migrations(), sessions::migrations()};
  const Instant now{1'700'000'000s};
  Revoked revoked{15min};

  void revoke(std::int64_t user, Instant at)
  {
    testing::in(*database, [&](db::Tx& tx) { revoke_user(tx, users::UserId{user}, 2, at); });
  }

  bool is_dead(std::int64_t user)
  {
    Revoked::View view{revoked};
    return view.is_dead(crypto::make_uuid7(), user, 1);
  }
};

TEST_F(FollowedRevoked, takes_in_what_the_database_holds_and_goes_on_from_there)
{
  revoke(bob, now);
  revoked.follow(*database, now);
  EXPECT_TRUE(is_dead(bob));
  EXPECT_EQ(revoked.seq(), 1);
  revoke(ada, now);
  EXPECT_TRUE(is_dead(ada));  // the write has returned, so it must be known
  EXPECT_EQ(revoked.seq(), 2);
  EXPECT_EQ(revoked.since(1).users, std::vector({News::User{.id = ada, .generation = 2}}));
  EXPECT_FALSE(revoked.since(1).whole);
}

TEST_F(FollowedRevoked, does_not_take_in_what_no_token_can_be_as_old_as)
{
  revoke(bob, now - 15min - 1h - 1s);
  revoke(ada, now);
  revoked.follow(*database, now);
  EXPECT_FALSE(is_dead(bob));
  EXPECT_TRUE(is_dead(ada));
  EXPECT_TRUE(revoked.since(0).whole);
  EXPECT_FALSE(revoked.since(1).whole);
  EXPECT_EQ(revoked.seq(), 2);
}

TEST_F(FollowedRevoked, does_not_mind_that_the_clock_was_set_by_an_hour_while_it_was_down)
{
  revoke(bob, now - 1h);  // really: just now, by a clock that was set forth since
  revoke(ada, now + 1h);  // and by one that was set back
  revoked.follow(*database, now);
  EXPECT_TRUE(is_dead(bob));
  EXPECT_TRUE(is_dead(ada));
}

TEST_F(FollowedRevoked, ages_what_it_took_in_from_when_it_was_learnt)
{
  revoke(bob, now - 1h);
  revoked.follow(*database, now);
  const Revoked::Stamp started = std::chrono::steady_clock::now();
  revoked.forget(started + 14min);
  EXPECT_TRUE(is_dead(bob));
  revoked.forget(started + 16min);
  EXPECT_EQ(revoked.size(), 0U);
  EXPECT_EQ(revoked.seq(), 1);
}

TEST_F(FollowedRevoked, tells_the_whole_to_who_asks_for_what_was_purged_before_it_began)
{
  for (std::int64_t user = 1; user <= 5; ++user) {
    revoke(user, now);
  }
  testing::in(*database, [](db::Tx& tx) { tx.execute("DELETE FROM revocations WHERE seq = 3"); });
  revoked.follow(*database, now);
  EXPECT_TRUE(revoked.since(2).whole);
  EXPECT_EQ(revoked.since(2).users.size(), 4U);
  EXPECT_FALSE(revoked.since(3).whole);
  EXPECT_EQ(revoked.since(3).users.size(), 2U);
}

TEST_F(FollowedRevoked, counts_on_after_everything_was_purged_and_the_process_began_anew)
{
  revoke(ada, now);
  revoke(bob, now);
  testing::in(*database, [&](db::Tx& tx) { return purge_revocations(tx, now + 24h); });
  revoked.follow(*database, now + 24h);
  EXPECT_EQ(revoked.seq(), 2);
  EXPECT_EQ(revoked.size(), 0U);
  EXPECT_FALSE(revoked.since(2).whole);
  revoke(ada, now + 24h);
  EXPECT_EQ(revoked.seq(), 3);
}

TEST_F(FollowedRevoked, counts_from_the_clock_on_after_a_start)
{
  revoke(bob, now);
  testing::in(*database, [&](db::Tx& tx) { start_numbers_at(tx, now); });
  revoked.follow(*database, now);
  const std::int64_t started = epoch_seconds(now) * 1'000'000;
  EXPECT_EQ(revoked.seq(), started);
  revoke(ada, now);
  EXPECT_EQ(revoked.seq(), started + 1);
  EXPECT_EQ(revoked.since(started).users, std::vector({News::User{.id = ada, .generation = 2}}));
}

// The database was put back to before number 2, so its next end is again the second one.
TEST_F(FollowedRevoked, tells_the_whole_to_who_knows_a_later_number_than_a_restored_database_had)
{
  revoke(bob, now);
  testing::in(*database, [&](db::Tx& tx) { start_numbers_at(tx, now); });
  revoked.follow(*database, now);
  revoke(ada, now);
  EXPECT_TRUE(revoked.since(2).whole);
  EXPECT_EQ(revoked.since(2).users.size(), 2U);
}

TEST_F(FollowedRevoked, takes_the_start_of_another_process_for_no_revocation)
{
  revoke(bob, now);
  revoked.follow(*database, now);
  testing::in(*database, [&](db::Tx& tx) {
    start_numbers_at(tx, now);
    revoke_user(tx, users::UserId{ada}, 2, now);
  });
  EXPECT_EQ(revoked.since(1).users, std::vector({News::User{.id = ada, .generation = 2}}));
  EXPECT_FALSE(revoked.since(1).whole);
}

TEST_F(FollowedRevoked, knows_that_it_is_behind_until_it_could_read_again)
{
  revoked.follow(*database, now);
  const auto rename = [&](const char* sql) {
    testing::in(*database, [&](db::Tx& tx) {
      tx.execute(sql);
      tx.notify("revocations");
    });
  };
  EXPECT_FALSE(revoked.is_behind());
  rename("ALTER TABLE revocations RENAME TO away");
  EXPECT_TRUE(revoked.is_behind());
  rename("ALTER TABLE away RENAME TO revocations");
  EXPECT_FALSE(revoked.is_behind());
}

TEST_F(FollowedRevoked, keeps_its_numbers_within_what_every_reader_takes_whole)
{
  const Instant far{std::chrono::hours{24 * 365 * 400}};
  testing::in(*database, [&](db::Tx& tx) { start_numbers_at(tx, far); });
  revoked.follow(*database, far);
  revoke(ada, far);
  EXPECT_GT(revoked.seq(), 9'000'000'000'000'000);
  EXPECT_LT(revoked.seq(), 9'007'199'254'740'991);
}

TEST_F(FollowedRevoked, never_counts_back_when_the_clock_was_set_back)
{
  testing::in(*database, [&](db::Tx& tx) { start_numbers_at(tx, now + 1h); });
  revoke(bob, now);
  testing::in(*database, [&](db::Tx& tx) { start_numbers_at(tx, now); });
  revoked.follow(*database, now);
  EXPECT_EQ(revoked.seq(), epoch_seconds(now + 1h) * 1'000'000 + 1);
}

TEST_F(FollowedRevoked, takes_more_than_one_batch_at_once)
{
  const auto revoke_many = [&](std::int64_t first) {
    testing::in(*database, [&](db::Tx& tx) {
      for (std::int64_t user = first; user < first + 2500; ++user) {
        revoke_user(tx, users::UserId{user}, 2, now);
      }
    });
  };
  revoke_many(1);
  revoked.follow(*database, now);
  EXPECT_EQ(revoked.size(), 2500U);
  EXPECT_TRUE(is_dead(2500));
  revoke_many(2501);
  EXPECT_EQ(revoked.size(), 5000U);
  EXPECT_TRUE(is_dead(5000));
  EXPECT_FALSE(is_dead(5001));
}

/// Table and history together, while they grow one by one and when they were filled at once.
TEST(Revoked, costs_at_most_forty_bytes_a_session)
{
  constexpr std::size_t total = 1'000'000;
  constexpr std::size_t batch_size = 1'000;
  Revoked revoked{15min};
  std::vector<Revocation> batch(batch_size);
  std::int64_t seq = 0;
  for (std::size_t done = batch_size; done <= total; done += batch_size) {
    for (Revocation& one : batch) {
      ++seq;
      one = end_of({.high = 1, .low = static_cast<std::uint64_t>(seq)});
      one.seq = seq;
    }
    revoked.apply(batch, start + std::chrono::milliseconds{seq / 2});
    if (done % 50'000 == 0) {
      ASSERT_LE(revoked.bytes(), (40 * done) + 64'000) << done;
    }
  }
  EXPECT_EQ(revoked.size(), total);
  EXPECT_LE(revoked.bytes(), 40 * total);
  Revoked::View view{revoked};
  EXPECT_TRUE(view.is_dead({.high = 1, .low = 1}, ada, 1));
  EXPECT_TRUE(view.is_dead({.high = 1, .low = total}, ada, 1));
  EXPECT_FALSE(view.is_dead({.high = 1, .low = total + 1}, ada, 1));
  revoked.forget(start + 1h);
  EXPECT_LT(revoked.bytes(), 64'000U);
}

TEST(Revoked, tells_what_is_new_to_threads_that_ask_while_it_grows)
{
  constexpr std::int64_t total = 5'000;
  Revoked revoked{15min};
  std::atomic<bool> wrong{false};
  const auto follow = [&] {
    std::vector<Uuid> heard;
    std::int64_t have = 0;
    while (have < total) {
      const std::int64_t known = revoked.seq();
      const News news = revoked.since(have, 100);
      heard.insert(heard.end(), news.sessions.begin(), news.sessions.end());
      wrong = wrong || news.from != have || (news.sessions.empty() && have < known);
      have = news.seq;
    }
    for (std::size_t i = 0; i < heard.size(); ++i) {
      wrong = wrong || heard[i].low != i + 1;
    }
    wrong = wrong || heard.size() != total;
  };
  std::vector<std::thread> followers;
  followers.emplace_back(follow);
  followers.emplace_back(follow);
  for (std::int64_t seq = 1; seq <= total; ++seq) {
    Revocation one = end_of({.high = 1, .low = static_cast<std::uint64_t>(seq)});
    one.seq = seq;
    revoked.apply(std::array{one}, start);
  }
  for (std::thread& follower : followers) {
    follower.join();
  }
  EXPECT_FALSE(wrong);
}

TEST(Revoked, is_never_wrong_about_the_living_nor_late_about_the_dead_under_threads)
{
  constexpr std::size_t sessions_total = 20000;
  std::vector<Uuid> doomed(sessions_total);
  std::vector<Uuid> living(sessions_total);
  for (std::size_t i = 0; i < sessions_total; ++i) {
    doomed[i] = crypto::make_uuid7();
    living[i] = crypto::make_uuid7();
  }
  Revoked revoked{15min};
  std::atomic<std::size_t> told{0};
  std::atomic<std::size_t> wrong{0};
  const auto watch = [&] {
    Revoked::View view{revoked};
    for (std::size_t seen = 0; seen < sessions_total;) {
      seen = told.load(std::memory_order_acquire);
      for (std::size_t i = seen > 64 ? seen - 64 : 0; i < seen; ++i) {
        wrong += view.is_dead(doomed[i], ada, 1) ? 0 : 1;
        wrong += view.is_dead(living[i], bob, 1) ? 1 : 0;
      }
    }
  };
  std::vector<std::thread> watchers;
  watchers.emplace_back(watch);
  watchers.emplace_back(watch);
  for (std::size_t i = 0; i < sessions_total; ++i) {
    revoked.apply(std::array{end_of(doomed[i])}, start);
    told.store(i + 1, std::memory_order_release);
  }
  for (std::thread& watcher : watchers) {
    watcher.join();
  }
  EXPECT_EQ(wrong, 0U);
}

}  // namespace
}  // namespace usher::sessions
