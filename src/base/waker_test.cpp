#include "base/waker.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

#include <optional>
#include <thread>
#include <vector>

namespace usher {
namespace {

namespace asio = boost::asio;

/// Tells when the coroutine that holds it is gone.
struct Tell {
  int& gone;
  ~Tell() { ++gone; }
};

class WakerTest : public ::testing::Test {
 protected:
  /// Starts a coroutine that waits for a waker, which arrives in wakers_.
  void wait_on(asio::io_context& loop)
  {
    auto body = [this]() -> Task<> {
      const Tell tell{gone_};
      auto keep = [this](Waker waker) { wakers_.push_back(std::make_unique<Waker>(std::move(waker))); };
      co_await until_woken(std::move(keep));
      resumed_on_ = std::this_thread::get_id();
      ++resumed_;
    };
    asio::co_spawn(loop, std::move(body), asio::detached);
    loop.poll();
  }

  std::vector<std::unique_ptr<Waker>> wakers_;
  int resumed_{0};
  int gone_{0};
  std::thread::id resumed_on_;
};

TEST_F(WakerTest, resumes_on_the_loop_of_the_coroutine)
{
  asio::io_context loop{1};
  wait_on(loop);
  std::thread other{[this] { EXPECT_TRUE(wakers_.front()->wake()); }};
  loop.run();
  other.join();
  EXPECT_EQ(resumed_, 1);
  EXPECT_EQ(resumed_on_, std::this_thread::get_id());
}

TEST_F(WakerTest, wakes_once)
{
  asio::io_context loop{1};
  wait_on(loop);
  EXPECT_TRUE(wakers_.front()->wake());
  EXPECT_FALSE(wakers_.front()->wake());
  loop.run();
  EXPECT_EQ(resumed_, 1);
}

TEST_F(WakerTest, dropped_ends_its_coroutine_without_resuming_it)
{
  asio::io_context loop{1};
  wait_on(loop);
  wakers_.clear();
  loop.run();
  EXPECT_EQ(resumed_, 0);
  EXPECT_EQ(gone_, 1);
}

TEST_F(WakerTest, outlives_a_loop_that_is_destroyed_while_somebody_waits)
{
  std::optional<asio::io_context> loop{std::in_place, 1};
  wait_on(*loop);
  wait_on(*loop);
  loop.reset();
  EXPECT_EQ(gone_, 2);
  EXPECT_FALSE(wakers_.front()->wake());
  wakers_.clear();
  EXPECT_EQ(resumed_, 0);
}

TEST_F(WakerTest, may_wake_what_the_loop_never_runs_again)
{
  std::optional<asio::io_context> loop{std::in_place, 1};
  wait_on(*loop);
  loop->stop();
  EXPECT_TRUE(wakers_.front()->wake());
  loop.reset();
  EXPECT_EQ(gone_, 1);
  EXPECT_EQ(resumed_, 0);
}

TEST_F(WakerTest, races_with_the_end_of_the_loop)
{
  for (int round = 0; round < 200; ++round) {
    std::optional<asio::io_context> loop{std::in_place, 1};
    wait_on(*loop);
    std::thread other{[this] { wakers_.front()->wake(); }};
    loop.reset();
    other.join();
    wakers_.clear();
  }
  EXPECT_EQ(gone_, 200);
}

}  // namespace
}  // namespace usher
