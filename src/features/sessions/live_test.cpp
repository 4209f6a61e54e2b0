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

TEST(Revoked, follows_the_database_from_now_on)
{
  const testing::TestDatabase database{users::migrations(), sessions::migrations()};
  const Instant now{1'700'000'000s};
  testing::in(*database, [&](db::Tx& tx) { revoke_user(tx, users::UserId{bob}, 9, now); });
  Revoked revoked{15min};
  revoked.follow(*database);
  Revoked::View view{revoked};
  EXPECT_FALSE(view.is_dead(crypto::make_uuid7(), bob, 1));  // from before: the database is asked about it
  testing::in(*database, [&](db::Tx& tx) { revoke_user(tx, users::UserId{ada}, 2, now); });
  EXPECT_TRUE(view.is_dead(crypto::make_uuid7(), ada, 1));  // the write has returned, so it must be known
}

TEST(Revoked, follows_more_than_one_batch_at_once)
{
  const testing::TestDatabase database{users::migrations(), sessions::migrations()};
  const Instant now{1'700'000'000s};
  Revoked revoked{15min};
  revoked.follow(*database);
  Revoked::View view{revoked};
  testing::in(*database, [&](db::Tx& tx) {
    for (std::int64_t user = 1; user <= 2500; ++user) {
      revoke_user(tx, users::UserId{user}, 2, now);
    }
  });
  EXPECT_EQ(revoked.size(), 2500U);
  EXPECT_TRUE(view.is_dead(crypto::make_uuid7(), 2500, 1));
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
