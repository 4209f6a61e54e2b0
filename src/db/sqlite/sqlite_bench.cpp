// What the engine costs beside the bare disk (bench/yardsticks/commits_raw): look-ups on a loop's own reader,
// and commits alone and in company.

#include "base/result.hpp"
#include "db/sqlite/sqlite_database.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>

namespace usher::db {
namespace {

constexpr std::int64_t users = 100'000;
constexpr int group = 500;

constexpr std::array tables{std::to_array<Migration>({
    {.number = 1,
     .name = "users",
     .sql = "CREATE TABLE users (id ${identity}, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, age BIGINT "
            "NOT NULL,"
            " role TEXT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL);"},
})};

void add_user(Tx& tx, std::int64_t number)
{
  tx.execute(
      "INSERT INTO users (email, name, age, role, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6)",
      {"user" + std::to_string(number) + "@example.com",
       "Ada Lovelace",
       36,
       "USER",
       1'795'000'000,
       1'795'000'000}
  );
}

/// One database for all benchmarks, gone at the end.
class World {
 public:
  World()
  {
    std::string pattern = (std::filesystem::current_path() / "sqlite-bench-XXXXXX").string();
    USHER_ASSERT(mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    database_ = open_sqlite({.path = (folder_ / "usher.db").string()});
    database_->migrate(tables);
    for (std::int64_t first = 0; first < users; first += group) {
      (void)database_->write_now([first](Tx& tx) -> Result<Done> {
        for (std::int64_t number = first; number < first + group; ++number) {
          add_user(tx, number);
        }
        return Done{};
      });
    }
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  ~World()
  {
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  Database& database() { return *database_; }

  std::int64_t next() { return next_++; }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<Database> database_;
  std::atomic<std::int64_t> next_{users};
};

World& world()
{
  static World made;
  return made;
}

/// range: look-ups in one tick, that is, to one snapshot.
void look_up_by_id(benchmark::State& state)
{
  const auto reader = world().database().open_reader();
  std::int64_t id = 1;
  std::int64_t in_tick = 0;
  for (auto _ : state) {
    std::size_t length = 0;
    id = (id * 48'271) % users + 1;
    reader->read([&](Tx& tx) {
      tx.each(
          "SELECT id, email, name, age, role, created_at, updated_at FROM users WHERE id = $1",
          {id},
          [&](const Row& row) { length = row.text(1).size() + row.text(2).size(); }
      );
    });
    if (++in_tick == state.range(0)) {
      in_tick = 0;
      reader->release();
    }
    benchmark::DoNotOptimize(length);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(look_up_by_id)->Arg(1)->Arg(16)->Arg(1'000'000);

void look_up_by_email(benchmark::State& state)
{
  const auto reader = world().database().open_reader();
  std::int64_t number = 1;
  std::int64_t in_tick = 0;
  for (auto _ : state) {
    std::int64_t id = 0;
    number = (number * 48'271) % users;
    const std::string email = "user" + std::to_string(number) + "@example.com";
    reader->read([&](Tx& tx) {
      tx.each("SELECT id FROM users WHERE email = $1", {email}, [&](const Row& row) { id = row.integer(0); });
    });
    if (++in_tick == state.range(0)) {
      in_tick = 0;
      reader->release();
    }
    benchmark::DoNotOptimize(id);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(look_up_by_email)->Arg(1)->Arg(16)->Arg(1'000'000);

/// Counters: how many units shared a commit, and a sync.
void write(benchmark::State& state)
{
  const Counts before = world().database().counts();
  for (auto _ : state) {
    const std::int64_t number = world().next();
    (void)world().database().write_now([number](Tx& tx) -> Result<Done> {
      add_user(tx, number);
      return Done{};
    });
  }
  state.SetItemsProcessed(state.iterations());
  if (state.thread_index() == 0) {
    const Counts after = world().database().counts();
    const auto units = static_cast<double>(after.units - before.units);
    state.counters["units/commit"] = units / static_cast<double>(after.commits - before.commits);
    state.counters["units/sync"] = units / static_cast<double>(after.syncs - before.syncs);
  }
}
BENCHMARK(write)->Threads(1)->Threads(8)->Threads(64)->UseRealTime();

}  // namespace
}  // namespace usher::db
