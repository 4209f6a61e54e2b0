#pragma once

#include "db/sqlite/sqlite_database.hpp"
#include "db/sqlite/vfs.hpp"

#include <memory>

namespace usher::db {

/// open_sqlite() for tests: `hook` decides which file calls fail.
std::unique_ptr<Database> open_hooked(SqliteOptions options, Vfs::Hook hook);

}  // namespace usher::db
