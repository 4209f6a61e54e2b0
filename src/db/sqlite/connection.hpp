#pragma once

#include "db/sqlite/vfs.hpp"

#include <sqlite3.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace usher::db {

struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};

struct CloseConnection {
  void operator()(sqlite3* handle) const noexcept { sqlite3_close(handle); }
};

/// A prepared statement, kept by its connection.
struct Statement {
  std::string text;
  std::unique_ptr<sqlite3_stmt, FinalizeStatement> handle;
  /// SQLite numbers parameters as they appear; positions[n - 1] is where $n landed.
  std::vector<int> positions;
  bool reads_only;
};

/// One connection, used by one thread at a time. Calls throw what fail() makes of SQLite's code.
class Connection {
 public:
  enum class Use { write, read, checkpoint };

  Connection(const std::string& path, const Vfs& vfs, Use use);

  sqlite3* handle() const noexcept { return handle_.get(); }

  /// The statement of this text, prepared at most once. Valid until the next call.
  Statement& prepared(std::string_view sql);

  /// One statement without parameters whose rows, if any, do not matter.
  void run(std::string_view sql);

  /// The first column of the first row, such as a pragma's value.
  std::int64_t number(std::string_view sql);

  /// Several statements at once, not kept.
  void script(const std::string& sql) const;

  bool in_transaction() const noexcept { return sqlite3_get_autocommit(handle_.get()) == 0; }

 private:
  Statement& find_or_prepare(std::string_view sql);
  std::unique_ptr<Statement> prepare(std::string_view sql) const;
  void configure(Use use);
  void use_log();
  bool switched_to_log();

  std::unique_ptr<sqlite3, CloseConnection> handle_;
  /// Keys view the text inside the statement.
  std::unordered_map<std::string_view, std::unique_ptr<Statement>> statements_;
  /// Found first, by the address of the text: stores pass literals. The text is compared all the same.
  std::array<Statement*, 256> near_{};
};

}  // namespace usher::db
