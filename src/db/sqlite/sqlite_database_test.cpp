#include "db/sqlite/sqlite_database.hpp"

#include "db/sqlite/hooked.hpp"
#include "testing/database.hpp"

#include <gmock/gmock.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <fstream>
#include <future>
#include <set>
#include <thread>
#include <vector>

namespace usher::db {
namespace {

using ::testing::HasSubstr;

constexpr std::array rows{std::to_array<Migration>({
    {.number = 1, .name = "rows", .sql = "CREATE TABLE rows (id BIGINT PRIMARY KEY, pad TEXT NOT NULL);"},
})};

class Sqlite : public ::testing::Test {
 protected:
  Sqlite() { settle_library(); }

  std::string path() const { return (folder_.path() / "usher.db").string(); }

  std::unique_ptr<Database> open(Vfs::Hook hook = {})
  {
    auto database = open_hooked(
        {.path = path(),
         .poll = std::chrono::milliseconds{10},
         .report =
             [this](std::string_view what) {
               const std::lock_guard lock{mutex_};
               reports_ += std::string{what} + "\n";
             }},
        std::move(hook)
    );
    database->migrate(rows);
    return database;
  }

  static void insert(Database& database, std::int64_t id, std::size_t size = 10)
  {
    (void)database.write_now([&](Tx& tx) -> Result<Done> {
      tx.execute("INSERT INTO rows (id, pad) VALUES ($1, $2)", {id, std::string(size, 'x')});
      return Done{};
    });
  }

  static std::set<std::int64_t> ids(Database& database)
  {
    const auto found = database.read_now([](Tx& tx) {
      return tx.all("SELECT id FROM rows", {}, [](const Row& row) { return row.integer(0); });
    });
    return {found.begin(), found.end()};
  }

  static std::string integrity(Database& database)
  {
    return database
        .read_now([](Tx& tx) {
          return tx.one("PRAGMA integrity_check", {}, [](const Row& row) {
            return std::string{row.text(0)};
          });
        })
        .value();
  }

  std::uintmax_t log_bytes() const { return std::filesystem::file_size(path() + "-wal"); }

  std::string reports()
  {
    const std::lock_guard lock{mutex_};
    return reports_;
  }

 private:
  testing::TempFolder folder_;
  std::mutex mutex_;
  std::string reports_;
};

mode_t mode_of(const std::string& path)
{
  struct stat found{};
  EXPECT_EQ(stat(path.c_str(), &found), 0) << path;
  return found.st_mode & 0777U;
}

std::string fault_of(const std::string& path)
{
  try {
    open_sqlite({.path = path});
  } catch (const Fault& fault) {
    return fault.what();
  }
  return "none";
}

TEST_F(Sqlite, keeps_its_files_to_their_owner)
{
  const mode_t before = umask(0);
  const auto database = open();
  umask(before);
  insert(*database, 1);
  for (const char* companion : {"", "-wal", "-shm"}) {
    EXPECT_EQ(mode_of(path() + companion), 0600U) << companion;
  }
}

TEST_F(Sqlite, says_which_path_it_cannot_create_and_why)
{
  EXPECT_THAT(
      fault_of("/nonexistent/usher.db"), HasSubstr("/nonexistent/usher.db: No such file or directory")
  );
}

TEST_F(Sqlite, refuses_what_is_no_database)
{
  std::ofstream{path()
  } << "This is a letter, and a rather long one, to somebody who is not a database at all.";
  EXPECT_THAT(fault_of(path()), HasSubstr("not a database"));
}

TEST_F(Sqlite, refuses_the_database_of_another_program_and_leaves_it_alone)
{
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path().c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "CREATE TABLE songs (id)", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(other);
  const auto before = std::filesystem::last_write_time(path());
  EXPECT_THAT(fault_of(path()), HasSubstr("another program"));
  EXPECT_EQ(std::filesystem::last_write_time(path()), before);
}

TEST_F(Sqlite, never_takes_a_path_for_a_uri)
{
  const auto folder = std::filesystem::current_path();
  const std::string name = "file:usher-test?mode=memory";
  open_sqlite({.path = name});
  EXPECT_TRUE(std::filesystem::remove(folder / name));
}

TEST_F(Sqlite, leaves_one_file_after_a_clean_end)
{
  insert(*open(), 1);
  EXPECT_FALSE(std::filesystem::exists(path() + "-wal"));
}

TEST_F(Sqlite, counts_one_sync_for_a_commit)
{
  const auto database = open();
  insert(*database, 1);
  const Counts before = database->counts();
  insert(*database, 2);
  const Counts after = database->counts();
  EXPECT_EQ(after.commits - before.commits, 1U);
  EXPECT_EQ(after.syncs - before.syncs, 1U);
}

TEST_F(Sqlite, keeps_its_log_short_under_steady_writes)
{
  const auto database = open();
  const auto reader = database->open_reader();
  for (int id = 0; id < 1000; ++id) {
    insert(*database, id, 24'000);  // seven pages each: 28 MB in all
    reader->read([](Tx& tx) { tx.execute("SELECT 1"); });
    reader->release();
  }
  EXPECT_LT(log_bytes(), 20U << 20U);
  EXPECT_EQ(ids(*database).size(), 1000U);
}

TEST_F(Sqlite, waits_while_another_process_writes)
{
  const auto database = open();
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path().c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  std::promise<void> started;
  std::thread writing{[&] {
    started.set_value();
    insert(*database, 1);
  }};
  started.get_future().wait();
  ASSERT_EQ(sqlite3_exec(other, "INSERT INTO rows VALUES (2, 'y')", nullptr, nullptr, nullptr), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr), SQLITE_OK);
  writing.join();
  sqlite3_close(other);
  EXPECT_EQ(ids(*database), (std::set<std::int64_t>{1, 2}));
}

/// Fails the calls that the test names, from when it says so until it says stop.
struct Breakage {
  FileKind kind;
  FileCall call;
  int code;
  std::atomic<bool> broken{false};
  std::atomic<int> failed{0};

  Vfs::Hook hook()
  {
    return [this](FileKind on, FileCall what) {
      if (!broken || on != kind || what != call) {
        return SQLITE_OK;
      }
      ++failed;
      return code;
    };
  }
};

class SqliteBroken : public Sqlite {};

TEST_F(SqliteBroken, tells_every_writer_of_the_batch_and_works_on_when_it_passes)
{
  struct Case {
    FileKind kind;
    FileCall call;
    int code;
  };
  for (const Case& broken : {
           Case{FileKind::log, FileCall::write, SQLITE_FULL},
           Case{FileKind::log, FileCall::write, SQLITE_IOERR_WRITE},
           Case{FileKind::log, FileCall::sync, SQLITE_IOERR_FSYNC},
           Case{FileKind::database, FileCall::read, SQLITE_IOERR_READ},  // inside a unit, not at the commit
       }) {
    Breakage breakage{.kind = broken.kind, .call = broken.call, .code = broken.code};
    auto database = open(breakage.hook());
    const std::set<std::int64_t> before = ids(*database);
    const std::int64_t next = before.empty() ? 1 : *before.rbegin() + 1;

    breakage.broken = true;
    std::vector<std::thread> writers;
    std::atomic<int> told{0};
    for (int at = 0; at < 8; ++at) {
      writers.emplace_back([&, at] {
        try {
          insert(*database, next + at);
        } catch (const PassingFault&) {
          ++told;
        }
      });
    }
    for (std::thread& writer : writers) {
      writer.join();
    }
    breakage.broken = false;
    EXPECT_EQ(told, 8) << broken.code;
    EXPECT_EQ(database->counts().faults, 8U);
    EXPECT_EQ(ids(*database), before) << broken.code;

    insert(*database, next);
    database.reset();
    std::set<std::int64_t> expected = before;
    expected.insert(next);
    EXPECT_EQ(ids(*open()), expected) << broken.code;
  }
}

TEST_F(SqliteBroken, reads_on_while_nothing_can_be_written)
{
  Breakage breakage{.kind = FileKind::log, .call = FileCall::write, .code = SQLITE_FULL};
  const auto database = open(breakage.hook());
  insert(*database, 1);
  breakage.broken = true;
  EXPECT_THROW(insert(*database, 2), PassingFault);
  EXPECT_EQ(ids(*database), std::set<std::int64_t>{1});
}

TEST_F(SqliteBroken, never_trusts_a_database_file_whose_sync_failed_once)
{
  Breakage breakage{.kind = FileKind::database, .call = FileCall::sync, .code = SQLITE_IOERR_FSYNC};
  auto database = open(breakage.hook());
  breakage.broken = true;
  int id = 0;
  while (reports().find("no more checkpoints") == std::string::npos) {
    insert(*database, ++id, 24'000);
  }
  breakage.broken = false;

  auto other_process = open_sqlite({.path = path()});
  for (Database* writing : {database.get(), other_process.get()}) {
    const std::uintmax_t before = log_bytes();
    for (int more = 0; more < 200; ++more) {
      insert(*writing, ++id, 24'000);
    }
    EXPECT_GT(log_bytes(), before + 200U * 24'000U) << "nobody starts the log over";
  }
  other_process.reset();
  database.reset();
  EXPECT_TRUE(std::filesystem::exists(path() + "-wal")) << "the log is kept for the next start";
  database = open();
  EXPECT_EQ(ids(*database).size(), static_cast<std::size_t>(id));
  EXPECT_EQ(integrity(*database), "ok");
}

TEST_F(SqliteBroken, loses_nothing_acknowledged_whatever_call_fails)
{
  constexpr int rounds = 60;
  std::set<std::int64_t> acknowledged;
  std::int64_t id = 0;
  for (int round = 0; round < rounds; ++round) {
    std::atomic<int> countdown{round % 20};
    const FileKind kind = round % 2 == 0 ? FileKind::log : FileKind::database;
    const auto call =
        std::array{FileCall::write, FileCall::sync, FileCall::read}.at(static_cast<std::size_t>(round % 3));
    std::atomic<bool> armed{false};
    auto database = open([&](FileKind on, FileCall what) {
      const bool hit = armed && on == kind && what == call && --countdown == 0;
      return hit ? (round % 4 < 2 ? SQLITE_IOERR : SQLITE_FULL) : SQLITE_OK;
    });
    armed = true;
    for (int at = 0; at < 12; ++at) {
      try {
        insert(*database, ++id, 3000);
        acknowledged.insert(id);
      } catch (const Fault&) {
        continue;
      }
    }
    database.reset();
  }
  const auto database = open();
  const auto there = ids(*database);
  EXPECT_TRUE(std::ranges::includes(there, acknowledged));
  EXPECT_EQ(integrity(*database), "ok");
}

}  // namespace
}  // namespace usher::db
