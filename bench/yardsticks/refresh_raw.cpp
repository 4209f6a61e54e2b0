// The refresh yardsticks: what one ES256 signature costs, and how many row updates a second one writer makes
// durable that takes all that waits into one transaction (SQLite, write-ahead log, synchronous=FULL).
//
//   refresh_raw sign [SECONDS]
//   refresh_raw write [SECONDS] [CLIENTS] [FOLDER]     (default: 64 clients, here; files are made and
//   removed)

#include "sqlite.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <sqlite3.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void stop(const std::string& why)
{
  std::fprintf(stderr, "refresh_raw: %s\n", why.c_str());
  std::exit(1);
}

double cpu_seconds()
{
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

void sign(std::chrono::seconds length)
{
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{EVP_EC_gen("P-256"), EVP_PKEY_free};
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
  if (!key || !context) {
    stop("no key");
  }
  const std::string message(400, 'x');  // header and claims of an access token
  std::array<unsigned char, 80> signature{};
  long signatures = 0;
  const auto end = Clock::now() + length;
  const double before = cpu_seconds();
  while (Clock::now() < end) {
    std::size_t bytes = signature.size();
    if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
        EVP_DigestSign(
            context.get(),
            signature.data(),
            &bytes,
            reinterpret_cast<const unsigned char*>(message.data()),
            message.size()
        ) != 1) {
      stop("cannot sign");
    }
    ++signatures;
  }
  std::printf("ES256: %.2f us each\n", (cpu_seconds() - before) * 1e6 / static_cast<double>(signatures));
}

/// As many rows as there are sessions, each moved on by compare-and-swap.
class Table {
 public:
  Table(const std::string& path, int rows)
  {
    if (sqlite3_open(path.c_str(), &handle_) != SQLITE_OK) {
      stop("cannot open " + path);
    }
    run(handle_, "PRAGMA journal_mode = WAL");
    run(handle_, "PRAGMA synchronous = FULL");
    run(handle_,
        "CREATE TABLE sessions (id TEXT NOT NULL PRIMARY KEY, user_id INTEGER, counter INTEGER, refreshed "
        "INTEGER,"
        " idle INTEGER, agent TEXT)");
    for (int row = 0; row < rows; ++row) {
      run(handle_,
          "INSERT INTO sessions VALUES ('" + id_of(row) + "', 1, 1, 1800000000, 1800000000, '" +
              std::string(60, 'x') + "')");
    }
    begin_ = prepared(handle_, "BEGIN IMMEDIATE");
    update_ = prepared(
        handle_, "UPDATE sessions SET counter = counter + 1, refreshed = $1 WHERE id = $2 AND counter >= $3"
    );
    commit_ = prepared(handle_, "COMMIT");
  }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  ~Table()
  {
    for (sqlite3_stmt* statement : {begin_, update_, commit_}) {
      sqlite3_finalize(statement);
    }
    sqlite3_close(handle_);
  }

  void commit(const std::vector<int>& rows)
  {
    step(begin_);
    for (const int row : rows) {
      const std::string id = id_of(row);
      sqlite3_bind_int64(update_, 1, ++next_);
      sqlite3_bind_text(update_, 2, id.data(), static_cast<int>(id.size()), SQLITE_STATIC);
      sqlite3_bind_int64(update_, 3, 1);
      step(update_);
    }
    step(commit_);
  }

 private:
  static std::string id_of(int row)
  {
    std::array<char, 37> text{};
    std::snprintf(text.data(), text.size(), "019ab7d2-7f3c-7a01-8b12-%012d", row);
    return text.data();
  }

  sqlite3* handle_{};
  sqlite3_stmt* begin_{};
  sqlite3_stmt* update_{};
  sqlite3_stmt* commit_{};
  std::int64_t next_{1'800'000'000};
};

/// What two threads hand to each other: all that has gathered since the last time.
class Box {
 public:
  void put(const std::vector<int>& some)
  {
    {
      const std::lock_guard lock{mutex_};
      held_.insert(held_.end(), some.begin(), some.end());
    }
    there_.notify_one();
  }

  std::vector<int> take()
  {
    std::unique_lock lock{mutex_};
    there_.wait(lock, [this] { return !held_.empty(); });
    return std::exchange(held_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable there_;
  std::vector<int> held_;
};

constexpr int enough = -1;

/// Every client asks again as soon as it was answered; the writer takes all that wait.
void write(std::chrono::seconds length, int clients, const std::filesystem::path& folder)
{
  Table table{folder / "sessions.db", clients};
  Box asked;
  Box answered;
  long commits = 0;
  std::thread writer{[&] {
    while (true) {
      const std::vector<int> waiting = asked.take();
      if (std::ranges::find(waiting, enough) != waiting.end()) {
        return;
      }
      table.commit(waiting);
      ++commits;
      answered.put(waiting);
    }
  }};
  for (int client = 0; client < clients; ++client) {
    asked.put({client});
  }
  long rows = 0;
  const auto start = Clock::now();
  while (Clock::now() - start < length) {
    for (const int client : answered.take()) {
      asked.put({client});  // one by one, as connections do
      ++rows;
    }
  }
  const std::chrono::duration<double> took = Clock::now() - start;
  asked.put({enough});
  writer.join();
  std::printf(
      "group commit, %d clients: %.0f rows/s, %.1f rows a commit\n",
      clients,
      static_cast<double>(rows) / took.count(),
      static_cast<double>(rows) / static_cast<double>(std::max(commits, 1L))
  );
}

}  // namespace

int main(int argc, char** argv)
{
  const std::string_view what = argc > 1 ? argv[1] : "";
  const std::chrono::seconds length{argc > 2 ? std::max(1L, std::strtol(argv[2], nullptr, 10)) : 3};
  if (what == "sign") {
    sign(length);
    return 0;
  }
  if (what != "write") {
    stop("say sign or write");
  }
  const int clients = argc > 3 ? std::max(1, std::atoi(argv[3])) : 64;
  std::string pattern = std::string{argc > 4 ? argv[4] : "."} + "/refresh_raw-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) {
    stop("cannot write in " + pattern);
  }
  write(length, clients, pattern);
  std::filesystem::remove_all(pattern);
}
