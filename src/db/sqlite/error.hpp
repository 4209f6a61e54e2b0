#pragma once

#include "base/fault.hpp"

#include <sqlite3.h>

#include <string_view>

namespace usher::db {

/// Another process held the lock for longer than busy_timeout.
class Locked : public PassingFault {
 public:
  using PassingFault::PassingFault;
};

/// Throws what SQLite's (extended) result code means to us: Taken, Orphan, Locked, PassingFault or Fault.
/// `doing` is a few words for the log, such as a path or a statement; `handle` may be null.
[[noreturn]] void fail(sqlite3* handle, int code, std::string_view doing);

}  // namespace usher::db
