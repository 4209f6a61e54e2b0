#include "testing/database.hpp"

#include "db/sqlite/sqlite_database.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

namespace usher::testing {

TempFolder::TempFolder()
{
  std::string pattern = (std::filesystem::temp_directory_path() / "usher-test-XXXXXX").string();
  USHER_ASSERT(mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

TempFolder::~TempFolder()
{
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

TestDatabase::TestDatabase(std::initializer_list<std::span<const db::Migration>> modules)
    : database_{db::open_sqlite({.path = (folder_.path() / "usher.db").string()})}
{
  std::vector<db::Migration> all;
  for (const auto& module : modules) {
    all.insert(all.end(), module.begin(), module.end());
  }
  std::ranges::sort(all, {}, &db::Migration::number);
  database_->migrate(all);
}

}  // namespace usher::testing
