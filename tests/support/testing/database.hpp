#pragma once

#include "base/result.hpp"
#include "db/database.hpp"

#include <filesystem>
#include <initializer_list>
#include <memory>
#include <span>

namespace usher::testing {

/// A folder of its own, removed at the end.
class TempFolder {
 public:
  TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder();

  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

/// A real database in a folder of its own, with the tables of the modules the test names:
///   testing::TestDatabase database{users::migrations(), sessions::migrations()};
class TestDatabase {
 public:
  TestDatabase(std::initializer_list<std::span<const db::Migration>> modules);

  db::Database& operator*() const noexcept { return *database_; }
  db::Database* operator->() const noexcept { return database_.get(); }

 private:
  TempFolder folder_;
  std::unique_ptr<db::Database> database_;
};

/// Runs `work` in one transaction that commits on a value, and hands its result back. `work` may return
/// Result<T>, or any T.
template <class Work>
auto in(db::Database& database, Work work)
{
  using Outcome = decltype(work(std::declval<db::Tx&>()));
  if constexpr (std::is_void_v<Outcome>) {
    (void)database.write_now([&](db::Tx& tx) {
      work(tx);
      return Result<Done>{Done{}};
    });
  } else if constexpr (requires(Outcome outcome) {
                         outcome.has_value();
                         outcome.error();
                       }) {
    return database.write_now(std::move(work));
  } else {
    return database.write_now([&](db::Tx& tx) { return Result<Outcome>{work(tx)}; }).value();
  }
}

}  // namespace usher::testing
