#include "db/sqlite/sqlite_tx.hpp"

#include "base/result.hpp"
#include "db/sqlite/error.hpp"

namespace usher::db {
namespace {

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_{statement} {}

  bool null(int column) const override { return type(column) == SQLITE_NULL; }

  std::int64_t integer(int column) const override
  {
    USHER_ASSERT(type(column) == SQLITE_INTEGER);
    return sqlite3_column_int64(statement_, column);
  }

  std::string_view text(int column) const override
  {
    USHER_ASSERT(type(column) == SQLITE_TEXT);
    const auto* bytes = sqlite3_column_text(statement_, column);
    if (bytes == nullptr) {
      fail(nullptr, SQLITE_NOMEM, "reading a column");
    }
    // SQLite hands text back as unsigned bytes. NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
    return {reinterpret_cast<const char*>(bytes), size(column)};
  }

  Blob blob(int column) const override
  {
    USHER_ASSERT(type(column) == SQLITE_BLOB);
    const auto* bytes = static_cast<const std::byte*>(sqlite3_column_blob(statement_, column));
    return {bytes, size(column)};
  }

 private:
  int type(int column) const
  {
    USHER_ASSERT(column >= 0 && column < sqlite3_data_count(statement_));
    return sqlite3_column_type(statement_, column);
  }

  std::size_t size(int column) const
  {
    return static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  }

  sqlite3_stmt* statement_;
};

/// Binds without a copy: the arguments outlive the statement's run.
struct Binder {
  sqlite3_stmt* statement;
  int index;

  int operator()(std::nullptr_t) const { return sqlite3_bind_null(statement, index); }

  int operator()(std::int64_t number) const { return sqlite3_bind_int64(statement, index, number); }

  int operator()(std::string_view text) const
  {
    // A null pointer would be NULL to SQLite, not the empty text.
    const char* bytes = text.data() != nullptr ? text.data() : "";
    return sqlite3_bind_text64(statement, index, bytes, text.size(), SQLITE_STATIC, SQLITE_UTF8);
  }

  int operator()(Blob bytes) const
  {
    if (bytes.empty()) {
      return sqlite3_bind_zeroblob(statement, index, 0);
    }
    return sqlite3_bind_blob64(statement, index, bytes.data(), bytes.size(), SQLITE_STATIC);
  }
};

}  // namespace

/// A statement under way: leaves it ready for its next use, however this use ends.
class SqliteTx::Running {
 public:
  Running(SqliteTx& tx, const Statement& statement) : tx_{tx}, statement_{statement} { tx_.running_ = true; }

  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  ~Running()
  {
    sqlite3_reset(handle());
    tx_.running_ = false;
  }

  sqlite3_stmt* handle() const noexcept { return statement_.handle.get(); }

  bool step() const
  {
    const int code = sqlite3_step(handle());
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
      fail(tx_.connection_.handle(), code, statement_.text);
    }
    return code == SQLITE_ROW;
  }

 private:
  SqliteTx& tx_;
  const Statement& statement_;
};

Statement& SqliteTx::ready(std::string_view sql, Args args)
{
  USHER_ASSERT(!running_);  // no statement inside visit()
  Statement& statement = connection_.prepared(sql);
  USHER_ASSERT(args.size() == statement.positions.size());
  if (rights_ == Rights::read && !statement.reads_only) {
    throw Fault{"a read transaction was asked to write: " + statement.text};
  }
  std::size_t at = 0;
  for (const Value& arg : args) {
    const int code = std::visit(Binder{statement.handle.get(), statement.positions[at]}, arg.held());
    if (code != SQLITE_OK) {
      fail(connection_.handle(), code, sql);
    }
    ++at;
  }
  return statement;
}

void SqliteTx::each(std::string_view sql, Args args, const Visit& visit)
{
  const Running running{*this, ready(sql, args)};
  const SqliteRow row{running.handle()};
  while (running.step()) {
    visit(row);
  }
}

std::int64_t SqliteTx::execute(std::string_view sql, Args args)
{
  const Statement& statement = ready(sql, args);
  const Running running{*this, statement};
  while (running.step()) {
  }
  return statement.reads_only ? 0 : sqlite3_changes64(connection_.handle());
}

void SqliteTx::notify(std::string_view channel)
{
  USHER_ASSERT(rights_ == Rights::write);
  notified_.emplace_back(channel);
}

}  // namespace usher::db
