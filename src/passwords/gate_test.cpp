#include "passwords/gate.hpp"

#include "crypto/random.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace usher::passwords {
namespace {

namespace asio = boost::asio;
using namespace std::string_view_literals;

/// As cheap as Argon2 allows: these tests are about the gate.
Options cheap()
{
  return {.memory_kib = 8, .passes = 1, .threads = 2, .queue_max = 1000};
}

/// Some 50 ms of work in a stored hash, so that work piles up behind it.
constexpr const char* slow =
    "$6$rounds=20000$saltstring$"
    "w2h5uqLBhzWOA4gpMRMpdRcAnTzpQiM73tn9L7hpXUSNLcQ/T0oeqEnaWIEmJz0JUQVbldvZAQM1iuXIGjKiR/";

class GateTest : public ::testing::Test {
 protected:
  void use(Options options) { gate_ = std::make_unique<Gate>(options); }

  void verify(std::string password, std::string stored)
  {
    auto body = [this, password = std::move(password), stored = std::move(stored)]() -> Task<> {
      const auto verdict = co_await gate_->verify(Secret{password}, stored);
      if (!verdict) {
        ++busy_;
        refusal_ = verdict.error();
        co_return;
      }
      ++(verdict->matches ? right_ : wrong_);
    };
    asio::co_spawn(*loop_, std::move(body), asio::detached);
  }

  std::unique_ptr<Gate> gate_{std::make_unique<Gate>(cheap())};
  std::unique_ptr<asio::io_context> loop_{std::make_unique<asio::io_context>(1)};
  int right_{0};
  int wrong_{0};
  int busy_{0};
  std::optional<Error> refusal_;
};

TEST_F(GateTest, answers_every_one_of_many_rightly)
{
  const std::string stored = gate_->hash_now(Secret{"right"sv});
  for (int i = 0; i < 200; ++i) {
    verify(i % 4 == 0 ? "right" : "wrong", i % 2 == 0 ? stored : "");
  }
  loop_->run();
  EXPECT_EQ(right_, 50);
  EXPECT_EQ(wrong_, 150);
  EXPECT_EQ(busy_, 0);
  EXPECT_EQ(gate_->waiting(), 0U);
}

TEST_F(GateTest, hashes_what_it_then_verifies)
{
  std::string stored;
  bool matches = false;
  auto body = [&]() -> Task<> {
    auto made = co_await gate_->hash(Secret{"a password"sv});
    stored = std::move(made).value();
    auto verdict = co_await gate_->verify(Secret{"a password"sv}, stored);
    matches = verdict->matches;
  };
  asio::co_spawn(*loop_, std::move(body), asio::detached);
  loop_->run();
  EXPECT_TRUE(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$")) << stored;
  EXPECT_TRUE(matches);
}

TEST_F(GateTest, refuses_more_than_its_queue_holds)
{
  auto options = cheap();
  options.threads = 1;
  options.queue_max = 5;
  use(options);
  for (int i = 0; i < 200; ++i) {
    verify("wrong", slow);
  }
  loop_->run();
  EXPECT_EQ(wrong_ + busy_, 200);
  EXPECT_GE(wrong_, 5);
  EXPECT_GE(busy_, 190);
  EXPECT_EQ(refusal_->code(), "server_busy");
  EXPECT_GE(refusal_->retry_after, std::chrono::seconds{1});
}

TEST_F(GateTest, refuses_what_has_waited_for_too_long)
{
  auto options = cheap();
  options.threads = 1;
  options.wait_max = std::chrono::milliseconds{0};
  use(options);
  for (int i = 0; i < 20; ++i) {
    verify("wrong", slow);
  }
  loop_->run();
  EXPECT_GE(busy_, 18);
  EXPECT_EQ(wrong_ + busy_, 20);
  EXPECT_EQ(refusal_->code(), "server_busy");
}

TEST_F(GateTest, ends_with_a_refusal_for_those_who_still_wait)
{
  auto options = cheap();
  options.threads = 1;
  use(options);
  for (int i = 0; i < 100; ++i) {
    verify("wrong", slow);
  }
  loop_->poll();
  gate_.reset();
  loop_->run();
  EXPECT_EQ(wrong_ + busy_, 100);
  EXPECT_GE(busy_, 90);
}

TEST_F(GateTest, goes_on_working_for_a_loop_that_is_gone)
{
  auto options = cheap();
  options.threads = 1;
  use(options);
  const auto before = gate_->hashed();
  for (int i = 0; i < 5; ++i) {
    verify("wrong", slow);
  }
  loop_->poll();
  loop_ = std::make_unique<asio::io_context>(1);
  verify("wrong", "");
  loop_->run();
  EXPECT_EQ(wrong_, 1);
  EXPECT_EQ(gate_->hashed() - before, 6U) << "the permit belongs to the work";
}

TEST_F(GateTest, survives_both_ends_at_once)
{
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 10; ++i) {
      verify("wrong", "");
    }
    loop_->poll();
    std::jthread other{[this] { gate_.reset(); }};
    loop_.reset();
    other.join();
    gate_ = std::make_unique<Gate>(cheap());
    loop_ = std::make_unique<asio::io_context>(1);
  }
}

TEST_F(GateTest, refuses_to_hash_what_no_policy_lets_through)
{
  std::optional<Error> refused;
  auto body = [&]() -> Task<> {
    auto made = co_await gate_->hash(Secret{std::string(1'000'000, 'a')});
    refused = made.error();
  };
  asio::co_spawn(*loop_, std::move(body), asio::detached);
  loop_->run();
  EXPECT_EQ(refused->code(), "fields_invalid");
  EXPECT_EQ(gate_->hashed(), 0U);
}

TEST_F(GateTest, serves_several_loops_each_on_its_own_thread)
{
  const std::string stored = gate_->hash_now(Secret{"right"sv});
  std::atomic<int> right{0};
  std::atomic<int> elsewhere{0};
  auto login = [&]() -> Task<> {
    const auto here = std::this_thread::get_id();
    const auto verdict = co_await gate_->verify(Secret{"right"sv}, stored);
    right += verdict->matches ? 1 : 0;
    elsewhere += std::this_thread::get_id() == here ? 0 : 1;
  };
  std::vector<std::jthread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&login] {
      asio::io_context loop{1};
      for (int k = 0; k < 50; ++k) {
        asio::co_spawn(loop, login(), asio::detached);
      }
      loop.run();
    });
  }
  threads.clear();
  EXPECT_EQ(right, 150);
  EXPECT_EQ(elsewhere, 0);
}

}  // namespace
}  // namespace usher::passwords
