#include "features/revocations/whole_set.hpp"

#include "features/revocations/workbench_test.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <atomic>
#include <optional>

namespace usher::revocations {
namespace {

using namespace std::chrono_literals;

std::atomic<std::chrono::steady_clock::time_point> uptime{};

struct WholeSets : Workbench {
  WholeSets() { uptime = std::chrono::steady_clock::time_point{}; }

  /// As many as ask at once get one each.
  std::vector<Shared> make(int askers = 1)
  {
    std::vector<Shared> made;
    const auto ask = [&]() -> Task<> {
      auto start = [&](Waker waker) { whole.make(std::move(waker)); };
      co_await until_woken(std::move(start));
      made.push_back(whole.newest());
    };
    for (int i = 0; i < askers; ++i) {
      boost::asio::co_spawn(loop, ask(), boost::asio::detached);
    }
    loop.restart();
    while (made.size() < static_cast<std::size_t>(askers)) {
      loop.run_one();
    }
    return made;
  }

  WholeSet whole{
      {.revoked = revoked,
       .keys = ring,
       .tokens = tokens,
       .clock = clock,
       .moments = feed.moments(),
       .keep = 960s,
       .steady = [] { return uptime.load(); }}
  };
};

TEST_F(WholeSets, are_not_there_before_somebody_asks)
{
  EXPECT_FALSE(whole.ready());
  const Shared made = make().at(0);
  EXPECT_EQ(whole.ready(), made);
}

TEST_F(WholeSets, are_made_once_for_all_who_ask_meanwhile)
{
  const auto made = make(100);
  EXPECT_EQ(made.front(), made.back());
}

TEST_F(WholeSets, that_are_small_know_everything)
{
  make();
  end_sessions(1);
  EXPECT_FALSE(whole.ready());
  EXPECT_EQ(make().at(0)->seq, 1);
}

TEST_F(WholeSets, that_are_large_rest_for_a_second)
{
  end_sessions(WholeSet::quick_entries_max + 1);
  const Shared made = make().at(0);
  end_sessions(1);
  EXPECT_EQ(whole.ready(), made);
  uptime = std::chrono::steady_clock::time_point{} + WholeSet::pause_min;
  EXPECT_FALSE(whole.ready());
  EXPECT_EQ(make().at(0)->seq, last);
}

TEST_F(WholeSets, rest_longer_the_larger_they_are)
{
  end_sessions(2 * WholeSet::entries_a_second);
  const Shared made = make().at(0);
  end_sessions(1);
  uptime = std::chrono::steady_clock::time_point{} + 2s - 1ms;
  EXPECT_EQ(whole.ready(), made);
  uptime = std::chrono::steady_clock::time_point{} + 2s;
  EXPECT_FALSE(whole.ready());
}

TEST_F(WholeSets, of_a_clock_that_was_set_back_are_made_anew)
{
  make();
  clock.advance(-1h);
  EXPECT_FALSE(whole.ready());
  EXPECT_EQ(make().at(0)->as_of, start_time - 1h);
}

TEST_F(WholeSets, are_signed_by_a_key_of_the_key_set)
{
  end_sessions(3);
  const Said said{make().at(0)->text, key};
  EXPECT_EQ(said.seq(), 3);
  EXPECT_EQ(said.from(), 0);
}

}  // namespace
}  // namespace usher::revocations
