#pragma once

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <string>

// SQLite as the yardsticks use it: whatever fails ends the program.

[[noreturn]] inline void stop_with(sqlite3* handle)
{
  std::fprintf(stderr, "%s\n", sqlite3_errmsg(handle));
  std::exit(1);
}

inline void run(sqlite3* handle, const std::string& sql)
{
  if (sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    stop_with(handle);
  }
}

inline sqlite3_stmt* prepared(sqlite3* handle, const char* sql)
{
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(handle, sql, -1, &statement, nullptr) != SQLITE_OK) {
    stop_with(handle);
  }
  return statement;
}

inline void step(sqlite3_stmt* statement)
{
  if (sqlite3_step(statement) != SQLITE_DONE) {
    stop_with(sqlite3_db_handle(statement));
  }
  sqlite3_reset(statement);
}
