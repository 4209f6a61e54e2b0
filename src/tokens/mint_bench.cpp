#include "tokens/mint.hpp"

#include "crypto/random.hpp"

#include <benchmark/benchmark.h>

#include <map>
#include <string>

namespace usher::tokens {
namespace {

constexpr Instant start_time{std::chrono::seconds{1'800'000'000}};

AccessClaims claims()
{
  return {
      .subject = 123'456,
      .session = crypto::make_uuid7(),
      .generation = 3,
      .fresh_until = Instant::max(),
      .auth_time = start_time,
      .amr = "pwd",
      .issued = start_time,
      .expires = start_time + std::chrono::seconds{900}
  };
}

struct House {
  explicit House(crypto::Algorithm algorithm) : keys{ring(algorithm)} {}

  static std::shared_ptr<const KeyRing> ring(crypto::Algorithm algorithm)
  {
    crypto::start();
    std::vector signing{make_signing_key(crypto::generate_key(algorithm), KeyState::active)};
    return std::make_shared<const KeyRing>(std::move(signing), Secret{crypto::random_bytes(32)});
  }

  ManualClock clock{start_time};
  Published<KeyRing> keys;
  Mint mint{keys, {}, clock};
};

House& house(const benchmark::State& state)
{
  static std::map<std::int64_t, std::unique_ptr<House>> made;
  auto& one = made[state.range(0)];
  if (!one) {
    one = std::make_unique<House>(static_cast<crypto::Algorithm>(state.range(0)));
  }
  return *one;
}

void name(benchmark::State& state)
{
  state.SetLabel(std::string{crypto::name_of(static_cast<crypto::Algorithm>(state.range(0)))});
}

void sign_access(benchmark::State& state)
{
  House& at = house(state);
  const AccessClaims of = claims();
  for (auto round : state) {
    benchmark::DoNotOptimize(at.mint.sign(of));
  }
  name(state);
}

void verify_unknown(benchmark::State& state)
{
  House& at = house(state);
  const std::string token = at.mint.sign(claims());
  for (auto round : state) {
    at.mint.forget(token);
    benchmark::DoNotOptimize(at.mint.verify_access(token));
  }
  name(state);
}

void verify_remembered(benchmark::State& state)
{
  House& at = house(state);
  const std::string token = at.mint.sign(claims());
  for (auto round : state) {
    benchmark::DoNotOptimize(at.mint.verify_access(token));
  }
  name(state);
}

void sign_refresh(benchmark::State& state)
{
  House& at = house(state);
  const RefreshClaims of{
      .subject = 7, .session = crypto::make_uuid7(), .issued = start_time, .expires = start_time
  };
  for (auto round : state) {
    benchmark::DoNotOptimize(at.mint.sign(of));
  }
}

void verify_refresh(benchmark::State& state)
{
  House& at = house(state);
  const std::string token = at.mint.sign(
      RefreshClaims{.subject = 7, .issued = start_time, .expires = start_time + std::chrono::seconds{900}}
  );
  for (auto round : state) {
    benchmark::DoNotOptimize(at.mint.verify_refresh(token));
  }
}

void make_uuid7(benchmark::State& state)
{
  for (auto round : state) {
    benchmark::DoNotOptimize(crypto::make_uuid7());
  }
}

constexpr auto last = static_cast<std::int64_t>(crypto::Algorithm::hs256);

BENCHMARK(sign_access)->DenseRange(0, last);
BENCHMARK(verify_unknown)->DenseRange(0, last);
BENCHMARK(verify_remembered)->DenseRange(0, last);
BENCHMARK(sign_refresh)->Arg(0);
BENCHMARK(verify_refresh)->Arg(0);
BENCHMARK(make_uuid7);

}  // namespace
}  // namespace usher::tokens
