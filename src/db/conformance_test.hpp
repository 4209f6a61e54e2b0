#pragma once

#include "db/database.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <ostream>
#include <string>

namespace usher::db {

/// One engine under the tests that every engine must pass.
struct Engine {
  struct Limits {
    std::size_t queue_max{10'000};
    std::size_t batch_max{256};
  };

  /// The rows outlive a Database opened on them: open() may be called again after it, or beside it.
  class Place {
   public:
    Place() = default;
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    virtual ~Place() = default;
    virtual std::unique_ptr<Database> open(const Limits& limits) = 0;
  };

  std::string name;
  std::function<std::unique_ptr<Place>()> fresh_place;

  // GoogleTest looks for this name. NOLINTNEXTLINE(readability-identifier-naming)
  friend void PrintTo(const Engine& engine, std::ostream* out) { *out << engine.name; }
};

/// INSTANTIATE_TEST_SUITE_P(Sqlite, Conformance, testing::Values(Engine{...}), engine_name);
class Conformance : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override;

  Database& database() { return *database_; }

  void reopen(const Engine::Limits& limits);
  std::unique_ptr<Database> open_beside() { return place_->open({}); }

  /// Inserts a row into `things`, in a transaction of its own.
  void insert(std::int64_t id, std::string_view name);
  std::int64_t count();

 private:
  std::unique_ptr<Engine::Place> place_;
  std::unique_ptr<Database> database_;
};

inline std::string engine_name(const ::testing::TestParamInfo<Engine>& info)
{
  return info.param.name;
}

}  // namespace usher::db
