#include "db/sqlite/error.hpp"

#include "db/database.hpp"

#include <string>

namespace usher::db {
namespace {

bool is_taken(int code)
{
  return code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ||
         code == SQLITE_CONSTRAINT_ROWID;
}

/// A full disk is emptied, a bad cable replugged, memory freed; a corrupt file does not mend itself.
bool may_pass(int primary)
{
  return primary == SQLITE_FULL || primary == SQLITE_IOERR || primary == SQLITE_NOMEM ||
         primary == SQLITE_PROTOCOL || primary == SQLITE_CANTOPEN;
}

}  // namespace

void fail(sqlite3* handle, int code, std::string_view doing)
{
  constexpr int primary_mask = 0xff;
  const int primary = code & primary_mask;
  std::string text = "sqlite: ";
  text += handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
  text += " (code " + std::to_string(code) + "): ";
  text += doing;
  if (is_taken(code)) {
    throw Taken{text};
  }
  if (code == SQLITE_CONSTRAINT_FOREIGNKEY) {
    throw Orphan{text};
  }
  if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED) {
    throw Locked{text};
  }
  if (may_pass(primary)) {
    throw PassingFault{text};
  }
  throw Fault{text};
}

}  // namespace usher::db
