#include "limits/guessing.hpp"

#include "base/waker.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <optional>
#include <thread>

namespace usher::limits {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr const char* victim = "v@example.com";

class GuessingTest : public ::testing::Test {
 protected:
  /// Starts a login that ends with `how` when told to by finish_one(); refused_ and evaluated_ count.
  void start(std::string account, std::string source, bool right)
  {
    auto body = [this, account = std::move(account), source = std::move(source), right]() -> Task<> {
      auto ticket = co_await guessing_->admit(account, source);
      if (!ticket) {
        ++refused_;
        retry_after_ = ticket.error().retry_after;
        co_return;
      }
      ++evaluated_;
      order_.push_back(account);
      auto keep = [this](Waker waker) { hashing_.push_back(std::make_unique<Waker>(std::move(waker))); };
      co_await until_woken(std::move(keep));
      if (right) {
        ticket->was_right();
        ++let_in_;
      }
    };
    asio::co_spawn(*loop_, std::move(body), asio::detached);
    turn();
  }

  /// Ends the guess that was begun first.
  void finish_one()
  {
    const std::unique_ptr<Waker> first = std::move(hashing_.front());
    hashing_.erase(hashing_.begin());
    first->wake();
    turn();
  }

  void finish_all()
  {
    while (!hashing_.empty()) {
      finish_one();
    }
  }

  void fail(int times, const std::string& account, const std::string& source)
  {
    for (int i = 0; i < times; ++i) {
      start(account, source, false);
      finish_all();
    }
  }

  bool lets_in(const std::string& account, const std::string& source)
  {
    const int before = let_in_;
    start(account, source, true);
    finish_all();
    return let_in_ == before + 1;
  }

  void turn()
  {
    loop_->restart();
    loop_->poll();
  }

  void use(Options options) { guessing_.emplace(std::move(options), clock_); }

  ManualClock clock_{from_epoch(1'000'000)};
  std::optional<Guessing> guessing_{std::in_place, Options{}, clock_};
  std::unique_ptr<asio::io_context> loop_{std::make_unique<asio::io_context>(1)};
  std::vector<std::unique_ptr<Waker>> hashing_;
  std::vector<std::string> order_;
  int evaluated_{0};
  int refused_{0};
  int let_in_{0};
  std::chrono::seconds retry_after_{0};
};

TEST_F(GuessingTest, refuses_a_source_after_ten_wrong_guesses_and_says_for_how_long)
{
  fail(10, victim, "192.0.2.1");
  clock_.advance(100s);
  EXPECT_FALSE(lets_in(victim, "192.0.2.1"));
  EXPECT_EQ(retry_after_, 800s);
  EXPECT_EQ(guessing_->refused(), 1U);
}

TEST_F(GuessingTest, forgets_wrong_guesses_when_the_window_is_over)
{
  fail(10, victim, "192.0.2.1");
  clock_.advance(900s);
  EXPECT_TRUE(lets_in(victim, "192.0.2.1"));
}

TEST_F(GuessingTest, survives_a_clock_that_is_set_back)
{
  fail(10, victim, "192.0.2.1");
  clock_.advance(-24h);
  EXPECT_FALSE(lets_in(victim, "192.0.2.1"));
  EXPECT_LE(retry_after_, 900s);
}

TEST_F(GuessingTest, lets_the_victim_in_from_elsewhere)
{
  fail(20, victim, "192.0.2.1");
  EXPECT_EQ(evaluated_, 10);
  EXPECT_TRUE(lets_in(victim, "198.51.100.2"));
}

TEST_F(GuessingTest, counts_a_network_of_ipv6_as_one_source)
{
  for (int i = 0; i < 20; ++i) {
    fail(1, victim, "2001:db8:1:2::" + std::to_string(i + 1));
  }
  EXPECT_EQ(evaluated_, 10);
  EXPECT_TRUE(lets_in(victim, "2001:db8:1:3::1"));
}

TEST_F(GuessingTest, counts_ipv4_the_same_however_it_is_written)
{
  fail(5, victim, "192.0.2.1");
  fail(10, victim, "::ffff:192.0.2.1");
  EXPECT_EQ(evaluated_, 10);
}

TEST_F(GuessingTest, counts_one_source_over_all_accounts)
{
  for (int i = 0; i < 120; ++i) {
    fail(1, "user" + std::to_string(i) + "@example.com", "192.0.2.1");
  }
  EXPECT_EQ(evaluated_, 100);
}

TEST_F(GuessingTest, a_right_guess_gives_nothing_back_but_itself)
{
  fail(9, victim, "192.0.2.1");
  EXPECT_TRUE(lets_in(victim, "192.0.2.1"));
  fail(2, victim, "192.0.2.1");
  EXPECT_EQ(evaluated_, 11);
  EXPECT_EQ(refused_, 1);
}

TEST_F(GuessingTest, a_flood_from_everywhere_spares_sources_that_the_account_knows)
{
  EXPECT_TRUE(lets_in(victim, "198.51.100.2"));
  guessing_->remember(victim, "2001:db8::1");
  for (int i = 0; i < 200; ++i) {
    fail(1, victim, "10.0.0." + std::to_string(i));
  }
  EXPECT_EQ(refused_, 100);
  EXPECT_TRUE(lets_in(victim, "198.51.100.2"));
  EXPECT_TRUE(lets_in(victim, "2001:db8::2"));
  EXPECT_FALSE(lets_in(victim, "203.0.113.3"));
}

TEST_F(GuessingTest, evaluates_no_more_than_ten_of_a_hundred_parallel_guesses)
{
  for (int i = 0; i < 100; ++i) {
    start(victim, "192.0.2.1", false);
  }
  EXPECT_EQ(evaluated_, 10);
  EXPECT_EQ(refused_, 0);
  finish_all();
  EXPECT_EQ(evaluated_, 10);
  EXPECT_EQ(refused_, 90);
}

TEST_F(GuessingTest, lets_all_of_twenty_parallel_right_logins_in)
{
  for (int i = 0; i < 20; ++i) {
    start(victim, "192.0.2.1", true);
  }
  EXPECT_EQ(evaluated_, 10);
  finish_all();
  EXPECT_EQ(let_in_, 20);
  EXPECT_EQ(refused_, 0);
}

TEST_F(GuessingTest, serves_those_who_wait_first_come_first_served)
{
  use({.per_account_and_source = 10, .per_source = 2});
  for (const auto* account : {"a", "b", "c", "d", "e", "f"}) {
    start(account, "192.0.2.1", true);
  }
  finish_all();
  EXPECT_EQ(order_, (std::vector<std::string>{"a", "b", "c", "d", "e", "f"}));
}

TEST_F(GuessingTest, lets_those_in_who_wait_for_one_limit_and_then_for_another)
{
  use({.per_account_and_source = 2, .per_source = 3, .per_account = 2});
  for (const auto* account : {"a", "a", "a", "b", "b", "a", "b"}) {
    start(account, "192.0.2.1", true);
  }
  for (const auto* account : {"a", "b", "b"}) {
    start(account, "192.0.2.2", true);
  }
  finish_all();
  EXPECT_EQ(let_in_, 10);
  EXPECT_EQ(guessing_->entries(), 4U) << "pairs that the accounts know now, and no counters";
}

TEST_F(GuessingTest, gives_the_place_of_somebody_who_is_gone_to_the_next)
{
  use({.per_account_and_source = 1});
  start(victim, "192.0.2.1", true);
  auto other = std::make_unique<asio::io_context>(1);
  loop_.swap(other);
  start(victim, "192.0.2.1", true);
  start(victim, "192.0.2.1", true);
  loop_.swap(other);
  start(victim, "192.0.2.1", true);
  other.reset();
  finish_all();
  EXPECT_EQ(let_in_, 2);
  EXPECT_TRUE(lets_in(victim, "192.0.2.1"));
}

TEST_F(GuessingTest, gives_a_place_back_that_came_too_late_for_its_loop)
{
  use({.per_account_and_source = 1});
  start(victim, "192.0.2.1", true);
  auto other = std::make_unique<asio::io_context>(1);
  loop_.swap(other);
  start(victim, "192.0.2.1", true);
  loop_.swap(other);
  finish_one();  // the other loop has been told, but never gets to it
  other.reset();
  EXPECT_TRUE(lets_in(victim, "192.0.2.1"));
}

TEST_F(GuessingTest, counts_nothing_that_was_not_evaluated)
{
  use({.per_account_and_source = 1});
  auto body = [this]() -> Task<> {
    for (int i = 0; i < 5; ++i) {
      auto ticket = co_await guessing_->admit(victim, "192.0.2.1");
      ticket.value().cancel();
    }
    ++evaluated_;
  };
  asio::co_spawn(*loop_, std::move(body), asio::detached);
  turn();
  EXPECT_EQ(evaluated_, 1);
  EXPECT_EQ(guessing_->entries(), 0U);
}

TEST_F(GuessingTest, counts_a_ticket_that_ends_without_a_word_as_wrong)
{
  use({.per_account_and_source = 1});
  auto body = [this]() -> Task<> {
    auto ticket = co_await guessing_->admit(victim, "192.0.2.1");
    auto other = co_await guessing_->admit("other@example.com", "192.0.2.1");
    ticket.value() = std::move(other).value();
    evaluated_ = static_cast<int>(guessing_->entries());
    ticket->was_right();
  };
  asio::co_spawn(*loop_, std::move(body), asio::detached);
  turn();
  EXPECT_FALSE(lets_in(victim, "192.0.2.1"));
  EXPECT_TRUE(lets_in("other@example.com", "192.0.2.1"));
}

TEST_F(GuessingTest, leaves_exempt_sources_alone)
{
  use({.per_account_and_source = 1, .registrations_per_source = 1, .exempt = {"10.0.0.0/8"}});
  fail(50, victim, "10.1.2.3");
  EXPECT_EQ(evaluated_, 50);
  EXPECT_EQ(guessing_->entries(), 0U);
  EXPECT_TRUE(guessing_->admit_registration("10.1.2.3") && guessing_->admit_registration("10.1.2.3"));
}

TEST_F(GuessingTest, keeps_within_its_entries_and_never_drops_a_guess_under_way)
{
  use({.per_source = 1'000'000, .entries_max = 1000});
  for (int i = 0; i < 10; ++i) {
    start(victim, "192.0.2.1", false);
  }
  start(victim, "192.0.2.1", false);
  const auto under_way = std::move(hashing_);
  hashing_.clear();
  for (int i = 0; i < 2000; ++i) {
    fail(1, "user" + std::to_string(i), "192.0.2.9");
  }
  EXPECT_LE(guessing_->entries(), 1000U);
  for (const auto& waker : under_way) {
    waker->wake();
    turn();
  }
  EXPECT_EQ(refused_, 1);
}

TEST_F(GuessingTest, lets_expired_entries_go_as_others_come)
{
  use({.per_source = 1'000'000, .entries_max = 100'000});
  for (int i = 0; i < 500; ++i) {
    fail(1, "old" + std::to_string(i), "192.0.2.1");
  }
  clock_.advance(3600s);
  for (int i = 0; i < 1500; ++i) {
    fail(1, "new" + std::to_string(i), "192.0.2.1");
  }
  EXPECT_LT(guessing_->entries(), 3000U + 300U);
}

TEST_F(GuessingTest, limits_registrations_of_a_source)
{
  for (std::size_t i = 0; i < Options{}.registrations_per_source; ++i) {
    EXPECT_TRUE(guessing_->admit_registration("192.0.2.1"));
  }
  clock_.advance(600s);
  const auto refused = guessing_->admit_registration("192.0.2.1");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), "too_many_attempts");
  EXPECT_EQ(refused.error().retry_after, 3000s);
  EXPECT_TRUE(guessing_->admit_registration("192.0.2.2"));
  clock_.advance(3000s);
  EXPECT_TRUE(guessing_->admit_registration("192.0.2.1"));
}

TEST(Guessing, holds_its_limits_over_several_loops_at_once)
{
  constexpr int loops = 4;
  constexpr int each = 50;
  ManualClock clock{from_epoch(1'000'000)};
  for (const bool right : {false, true}) {
    Guessing guessing{{}, clock};
    std::atomic<int> evaluated{0};
    std::atomic<int> under_way{0};
    std::atomic<int> most{0};
    auto login = [&](asio::io_context& loop) -> Task<> {
      auto ticket = co_await guessing.admit(victim, "192.0.2.1");
      if (!ticket) {
        co_return;
      }
      ++evaluated;
      most = std::max(most.load(), ++under_way);
      auto later = [&loop](Waker waker) {
        asio::post(loop, [kept = std::make_shared<Waker>(std::move(waker))] { kept->wake(); });
      };
      co_await until_woken(std::move(later));
      --under_way;
      if (right) {
        ticket->was_right();
      }
    };
    std::vector<std::jthread> threads;
    for (int i = 0; i < loops; ++i) {
      threads.emplace_back([&login] {
        asio::io_context loop{1};
        for (int k = 0; k < each; ++k) {
          asio::co_spawn(loop, login(loop), asio::detached);
        }
        loop.run();
      });
    }
    threads.clear();
    EXPECT_EQ(evaluated, right ? loops * each : 10);
    EXPECT_LE(most, 10);
    EXPECT_EQ(guessing.refused(), right ? 0U : 190U);
  }
}

}  // namespace
}  // namespace usher::limits
