#include "db/sqlite/connection.hpp"

#include "base/result.hpp"
#include "db/sqlite/error.hpp"

#include <charconv>
#include <chrono>
#include <thread>

namespace usher::db {
namespace {

/// Statements are literals, so there are some hundred; this holds if a caller breaks that rule.
constexpr std::size_t statements_max = 1024;
constexpr auto patience = std::chrono::seconds{5};

std::size_t slot_of(std::string_view sql, std::size_t slots)
{
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the address is what is hashed
  const auto address = reinterpret_cast<std::uintptr_t>(sql.data());
  return (address ^ (address >> 8U)) % slots;
}

/// The N of "$N".
std::size_t ordinal_of(const char* name)
{
  USHER_ASSERT(name != nullptr && *name == '$');
  const std::string_view digits = std::string_view{name}.substr(1);
  std::size_t ordinal = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), ordinal);
  USHER_ASSERT(failed == std::errc{} && end == digits.data() + digits.size() && ordinal > 0);
  return ordinal;
}

std::vector<int> positions_in(sqlite3_stmt* statement)
{
  std::vector<int> positions(static_cast<std::size_t>(sqlite3_bind_parameter_count(statement)));
  for (int index = 1; index <= sqlite3_bind_parameter_count(statement); ++index) {
    const std::size_t ordinal = ordinal_of(sqlite3_bind_parameter_name(statement, index));
    USHER_ASSERT(ordinal <= positions.size());  // else a number is left out: $1, $3
    positions[ordinal - 1] = index;
  }
  return positions;
}

}  // namespace

Connection::Connection(const std::string& path, const Vfs& vfs, Use use)
{
  const int access = use == Use::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, access | SQLITE_OPEN_NOMUTEX, vfs.name());
  handle_.reset(raw);
  if (code != SQLITE_OK) {
    fail(raw, code, "opening " + path);
  }
  sqlite3_extended_result_codes(raw, 1);
  configure(use);
}

void Connection::configure(Use use)
{
  sqlite3_busy_timeout(handle(), static_cast<int>(std::chrono::milliseconds{patience}.count()));
  for (const int option :
       {SQLITE_DBCONFIG_DQS_DML, SQLITE_DBCONFIG_DQS_DDL, SQLITE_DBCONFIG_TRUSTED_SCHEMA}) {
    // C's way to pass options. NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg)
    sqlite3_db_config(handle(), option, 0, nullptr);
  }
  run("PRAGMA temp_store = MEMORY");
  if (use == Use::read) {
    // It could not write what it copies. C's way to pass options.
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg)
    sqlite3_db_config(handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    // Every commit drops a reader's page cache, so a large one is work for nothing.
    run("PRAGMA query_only = ON");
    run("PRAGMA cache_size = -2000");
    return;
  }
  use_log();
  // With NORMAL a power cut takes acknowledged commits with it.
  run("PRAGMA synchronous = FULL");
  run("PRAGMA foreign_keys = ON");
  run("PRAGMA wal_autocheckpoint = 0");
  run("PRAGMA journal_size_limit = 67108864");
  run(use == Use::write ? "PRAGMA cache_size = -32000" : "PRAGMA cache_size = -1000");
}

void Connection::use_log()
{
  const auto deadline = std::chrono::steady_clock::now() + patience;
  // The switch takes the whole file, and SQLite does not wait for that by itself.
  while (!switched_to_log()) {
    if (std::chrono::steady_clock::now() > deadline) {
      fail(handle(), SQLITE_BUSY, "switching to a write-ahead log");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
}

/// False when another process is at it.
bool Connection::switched_to_log()
{
  constexpr int primary_mask = 0xff;
  constexpr std::string_view sql = "PRAGMA journal_mode = WAL";
  sqlite3_stmt* statement = prepared(sql).handle.get();
  const int code = sqlite3_step(statement);
  // The answer is the mode in force: "wal", or "delete" and others where that could not be had.
  const bool is_log = code == SQLITE_ROW && sqlite3_column_bytes(statement, 0) == 3;
  sqlite3_reset(statement);
  if ((code & primary_mask) == SQLITE_BUSY) {
    return false;
  }
  if (code != SQLITE_ROW) {
    fail(handle(), code, sql);
  }
  if (!is_log) {
    throw Fault{"sqlite: this file system cannot hold a write-ahead log"};
  }
  return true;
}

Statement& Connection::prepared(std::string_view sql)
{
  Statement*& near = near_.at(slot_of(sql, near_.size()));
  if (near == nullptr || near->text != sql) {
    near = &find_or_prepare(sql);
  }
  return *near;
}

Statement& Connection::find_or_prepare(std::string_view sql)
{
  if (const auto found = statements_.find(sql); found != statements_.end()) {
    return *found->second;
  }
  if (statements_.size() >= statements_max) {
    near_.fill(nullptr);
    statements_.clear();
  }
  auto fresh = prepare(sql);
  Statement& statement = *fresh;
  statements_.emplace(statement.text, std::move(fresh));
  return statement;
}

std::unique_ptr<Statement> Connection::prepare(std::string_view sql) const
{
  sqlite3_stmt* raw = nullptr;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v3(
      handle(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &raw, &rest
  );
  std::unique_ptr<sqlite3_stmt, FinalizeStatement> handle{raw};
  if (code != SQLITE_OK) {
    fail(handle_.get(), code, sql);
  }
  // One statement for each call; what stood behind a semicolon would silently be left out.
  USHER_ASSERT(raw != nullptr && rest == sql.data() + sql.size());
  return std::make_unique<Statement>(Statement{
      .text = std::string{sql},
      .handle = std::move(handle),
      .positions = positions_in(raw),
      .reads_only = sqlite3_stmt_readonly(raw) != 0,
  });
}

void Connection::run(std::string_view sql)
{
  sqlite3_stmt* statement = prepared(sql).handle.get();
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) {
    code = sqlite3_step(statement);
  }
  sqlite3_reset(statement);
  if (code != SQLITE_DONE) {
    fail(handle(), code, sql);
  }
}

std::int64_t Connection::number(std::string_view sql)
{
  sqlite3_stmt* statement = prepared(sql).handle.get();
  const int code = sqlite3_step(statement);
  const std::int64_t value = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
  sqlite3_reset(statement);
  if (code != SQLITE_ROW) {
    fail(handle(), code, sql);
  }
  return value;
}

void Connection::script(const std::string& sql) const
{
  if (const int code = sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr); code != SQLITE_OK) {
    fail(handle(), code, "a script");
  }
}

}  // namespace usher::db
