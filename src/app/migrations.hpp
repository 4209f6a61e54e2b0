#pragma once

#include "db/database.hpp"

#include <vector>

namespace usher::app {

/// Those of every module, in the order of their numbers.
std::vector<db::Migration> all_migrations();

}  // namespace usher::app
