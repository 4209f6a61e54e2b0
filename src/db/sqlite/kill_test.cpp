// What is acknowledged survives kill -9 at any moment. The victim is this same program, started again.

#include "db/sqlite/sqlite_database.hpp"
#include "testing/database.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <random>
#include <set>
#include <thread>
#include <vector>

namespace usher::db {
namespace {

constexpr const char* path_variable = "USHER_TEST_VICTIM_PATH";
constexpr int acknowledgements = 3;  ///< the descriptor on which the victim says what is on disk
constexpr int writers = 8;

constexpr std::array pairs{std::to_array<Migration>({
    {.number = 1,
     .name = "pairs",
     .sql = "CREATE TABLE halves (id ${identity}, pair BIGINT NOT NULL, side BIGINT NOT NULL);"},
})};

/// Writes pairs for ever, and says so after each.
void write_pairs(Database& database, std::int64_t pair)
{
  while (true) {
    (void)database.write_now([pair](Tx& tx) -> Result<Done> {
      tx.execute("INSERT INTO halves (pair, side) VALUES ($1, 0)", {pair});
      tx.execute("INSERT INTO halves (pair, side) VALUES ($1, 1)", {pair});
      return Done{};
    });
    if (::write(acknowledgements, &pair, sizeof pair) != sizeof pair) {
      std::abort();
    }
    pair += writers;
  }
}

TEST(Victim, DISABLED_writes_until_it_is_killed)
{
  const char* path = std::getenv(path_variable);
  ASSERT_NE(path, nullptr);
  const auto database = open_sqlite({.path = path});
  const std::int64_t first = database->read_now([](Tx& tx) {
    return tx
        .one(
            "SELECT coalesce(max(pair), 0) + 1 FROM halves", {}, [](const Row& row) { return row.integer(0); }
        )
        .value();
  });
  std::vector<std::thread> threads;
  for (int writer = 0; writer < writers; ++writer) {
    threads.emplace_back([&database, first, writer] { write_pairs(*database, first + writer); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

class Victim {
 public:
  explicit Victim(const std::string& path)
  {
    std::array<int, 2> ends{};
    USHER_ASSERT(pipe(ends.data()) == 0);
    setenv(path_variable, path.c_str(), 1);
    child_ = fork();
    USHER_ASSERT(child_ >= 0);
    if (child_ == 0) {
      // Between fork and exec: nothing but system calls.
      dup2(ends[1], acknowledgements);
      const int null = ::open("/dev/null", O_WRONLY);
      dup2(null, STDOUT_FILENO);
      execl(
          "/proc/self/exe",
          "victim",
          "--gtest_filter=Victim.*",
          "--gtest_also_run_disabled_tests",
          static_cast<char*>(nullptr)
      );
      _exit(127);
    }
    close(ends[1]);
    reading_ = ends[0];
  }
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;

  ~Victim() { close(reading_); }

  /// Lets it acknowledge `count` pairs, kills it, and hands back all that it had acknowledged by then.
  std::set<std::int64_t> kill_after(std::size_t count)
  {
    std::set<std::int64_t> acknowledged;
    std::int64_t pair = 0;
    while (::read(reading_, &pair, sizeof pair) == sizeof pair) {
      acknowledged.insert(pair);
      if (acknowledged.size() == count) {
        kill(child_, SIGKILL);
      }
    }
    int status = 0;
    waitpid(child_, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
    return acknowledged;
  }

 private:
  pid_t child_{-1};
  int reading_{-1};
};

TEST(Kill, loses_nothing_acknowledged_and_leaves_nothing_half_done)
{
  const testing::TempFolder folder;
  const std::string path = (folder.path() / "usher.db").string();
  open_sqlite({.path = path})->migrate(pairs);
  std::minstd_rand random{20261124};
  std::set<std::int64_t> acknowledged;
  for (int round = 0; round < 6; ++round) {
    Victim victim{path};
    acknowledged.merge(victim.kill_after(1 + random() % 400));

    const auto database = open_sqlite({.path = path});
    const auto whole = database->read_now([](Tx& tx) {
      return tx.all("SELECT pair FROM halves GROUP BY pair HAVING count(*) = 2", {}, [](const Row& row) {
        return row.integer(0);
      });
    });
    const auto halves = database->read_now([](Tx& tx) {
      return tx.one("SELECT count(*) FROM halves", {}, [](const Row& row) { return row.integer(0); }).value();
    });
    const std::set<std::int64_t> there{whole.begin(), whole.end()};
    EXPECT_TRUE(std::ranges::includes(there, acknowledged)) << "round " << round;
    EXPECT_EQ(halves, static_cast<std::int64_t>(2 * there.size())) << "round " << round;
  }
}

}  // namespace
}  // namespace usher::db
