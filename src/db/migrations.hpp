#pragma once

#include "db/database.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace usher::db {

/// What the placeholders of a migration stand for in one engine.
struct Dialect {
  std::string_view identity;  ///< ${identity}
  std::string_view blob;      ///< ${blob}
};

/// Applies those of `migrations` that `tx` has not seen, in the order of their numbers, and writes them down
/// in the table schema_migrations. `script` runs text of several statements inside `tx`. Hands back how many
/// ran. Throws Fault when the database holds a migration that this program does not know.
int apply(
    Tx& tx,
    std::span<const Migration> migrations,
    const Dialect& dialect,
    const std::function<void(const std::string& sql)>& script
);

}  // namespace usher::db
