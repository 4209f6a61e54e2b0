#include "features/sessions/live.hpp"

#include "crypto/random.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <map>
#include <memory>
#include <vector>

namespace usher::sessions {
namespace {

constexpr std::size_t batch_size = 64;

Revocation end_of(const Uuid& session, std::int64_t seq)
{
  return {.seq = seq, .session = session, .user = users::UserId{1}};
}

/// So many sessions that ended, and as many that live. Each is asked about in turn, so that a question finds
/// no more of the table in the processor's cache than it would among as many users.
struct House {
  explicit House(std::size_t count)
  {
    std::vector<Revocation> batch;
    for (std::size_t i = 1; i <= count; ++i) {
      const Uuid session = crypto::make_uuid7();
      batch.push_back(end_of(session, static_cast<std::int64_t>(i)));
      dead.push_back(session);
      living.push_back(crypto::make_uuid7());
      if (batch.size() == batch_size || i == count) {
        revoked.apply(batch, Revoked::Stamp{});
        batch.clear();
      }
    }
  }

  Revoked revoked{std::chrono::minutes{15}};
  std::vector<Uuid> dead;
  std::vector<Uuid> living;
};

House& house_of(std::size_t count)
{
  static std::map<std::size_t, std::unique_ptr<House>> made;
  auto& one = made[count];
  if (!one) {
    crypto::start();
    one = std::make_unique<House>(count);
  }
  return *one;
}

void ask(benchmark::State& state, const std::vector<Uuid>& sessions, const Revoked& revoked)
{
  Revoked::View view{revoked};
  std::size_t next = 0;
  for ([[maybe_unused]] auto round : state) {
    benchmark::DoNotOptimize(view.is_dead(sessions[next], 7, 1));
    next = next + 1 == sessions.size() ? 0 : next + 1;
  }
  state.counters["bytes_per_entry"] =
      static_cast<double>(revoked.bytes()) / static_cast<double>(revoked.size());
}

void ask_about_the_living(benchmark::State& state)
{
  const House& house = house_of(static_cast<std::size_t>(state.range(0)));
  ask(state, house.living, house.revoked);
}

void ask_about_the_dead(benchmark::State& state)
{
  const House& house = house_of(static_cast<std::size_t>(state.range(0)));
  ask(state, house.dead, house.revoked);
}

void learn_of_one_end(benchmark::State& state)
{
  Revoked revoked{std::chrono::minutes{15}};
  std::int64_t seq = 0;
  for ([[maybe_unused]] auto round : state) {
    ++seq;
    const Uuid session{.high = 1, .low = static_cast<std::uint64_t>(seq)};
    revoked.apply(std::array{end_of(session, seq)}, Revoked::Stamp{});
  }
  state.counters["entries"] = static_cast<double>(revoked.size());
}

void tell_the_whole(benchmark::State& state)
{
  const House& house = house_of(static_cast<std::size_t>(state.range(0)));
  for ([[maybe_unused]] auto round : state) {
    benchmark::DoNotOptimize(house.revoked.since(0));
  }
}

BENCHMARK(ask_about_the_living)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
BENCHMARK(ask_about_the_dead)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
BENCHMARK(learn_of_one_end);
BENCHMARK(tell_the_whole)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace usher::sessions
