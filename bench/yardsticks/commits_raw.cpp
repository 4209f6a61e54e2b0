// The write yardstick: how often this disk makes a write durable, and how many rows SQLite (write-ahead log,
// synchronous=FULL) puts on it, alone and in groups.
//
//   commits_raw [FOLDER]     (default: the current one; files are made there and removed)

#include "sqlite.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto each = std::chrono::seconds{1};

[[noreturn]] void stop(const std::string& why)
{
  std::fprintf(stderr, "commits_raw: %s\n", why.c_str());
  std::exit(1);
}

/// Calls `once` for a second; how many times it ran in a second.
template <class Once>
double per_second(Once once)
{
  long done = 0;
  const auto start = Clock::now();
  while (Clock::now() - start < each) {
    once();
    ++done;
  }
  return static_cast<double>(done) / std::chrono::duration<double>{Clock::now() - start}.count();
}

enum class Place { append, overwrite };

double syncs(const std::string& path, Place place)
{
  constexpr std::size_t page = 4096;
  constexpr off_t pages = 256;
  const int file = open(path.c_str(), O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600);
  if (file < 0) {
    stop("cannot write " + path);
  }
  std::array<char, page> bytes{};
  for (off_t at = 0; place == Place::overwrite && at < pages; ++at) {
    (void)!pwrite(file, bytes.data(), page, at * off_t{page});
  }
  (void)!fsync(file);
  off_t at = 0;
  const double rate = per_second([&] {
    bytes[0] = static_cast<char>(bytes[0] + 1);
    const off_t where = place == Place::append ? at : at % pages;
    ++at;
    if (pwrite(file, bytes.data(), page, where * off_t{page}) != page || fdatasync(file) != 0) {
      stop("cannot sync " + path);
    }
  });
  close(file);
  unlink(path.c_str());
  return rate;
}

class Table {
 public:
  explicit Table(const std::string& path)
  {
    if (sqlite3_open(path.c_str(), &handle_) != SQLITE_OK) {
      stop("cannot open " + path);
    }
    run(handle_, "PRAGMA journal_mode = WAL");
    run(handle_, "PRAGMA synchronous = FULL");
    run(handle_, "CREATE TABLE rows (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT UNIQUE, body TEXT)");
    begin_ = prepared(handle_, "BEGIN IMMEDIATE");
    insert_ = prepared(handle_, "INSERT INTO rows (email, body) VALUES ($1, $2)");
    commit_ = prepared(handle_, "COMMIT");
  }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  ~Table()
  {
    for (sqlite3_stmt* statement : {begin_, insert_, commit_}) {
      sqlite3_finalize(statement);
    }
    sqlite3_close(handle_);
  }

  void commit_group(int rows)
  {
    step(begin_);
    for (int row = 0; row < rows; ++row) {
      const std::string email = "user" + std::to_string(++next_) + "@example.com";
      sqlite3_bind_text(insert_, 1, email.data(), static_cast<int>(email.size()), SQLITE_STATIC);
      sqlite3_bind_text(insert_, 2, body_.data(), static_cast<int>(body_.size()), SQLITE_STATIC);
      step(insert_);
    }
    step(commit_);
  }

 private:
  sqlite3* handle_{};
  sqlite3_stmt* begin_{};
  sqlite3_stmt* insert_{};
  sqlite3_stmt* commit_{};
  long next_{0};
  std::string body_ = std::string(100, 'x');
};

}  // namespace

int main(int argc, char** argv)
{
  std::string pattern = std::string{argc > 1 ? argv[1] : "."} + "/commits_raw-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) {
    stop("cannot write in " + pattern);
  }
  const std::filesystem::path folder{pattern};
  std::printf("fdatasync, appending 4 KiB:    %8.0f /s\n", syncs(folder / "append", Place::append));
  std::printf("fdatasync, overwriting 4 KiB:  %8.0f /s\n", syncs(folder / "overwrite", Place::overwrite));
  for (const int rows : {1, 8, 32, 128}) {
    Table table{folder / ("rows-" + std::to_string(rows))};
    const double groups = per_second([&] { table.commit_group(rows); });
    std::printf(
        "SQLite at FULL, %3d a commit:  %8.0f rows/s, %6.0f commits/s\n", rows, rows * groups, groups
    );
  }
  std::filesystem::remove_all(folder);
}
