#include "db/conformance_test.hpp"
#include "db/sqlite/sqlite_database.hpp"
#include "testing/database.hpp"

namespace usher::db {
namespace {

class Folder final : public Engine::Place {
 public:
  std::unique_ptr<Database> open(const Engine::Limits& limits) override
  {
    return open_sqlite({
        .path = (folder_.path() / "usher.db").string(),
        .queue_max = limits.queue_max,
        .batch_max = limits.batch_max,
        .poll = std::chrono::milliseconds{10},
    });
  }

 private:
  testing::TempFolder folder_;
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(
    Sqlite,
    Conformance,
    ::testing::Values(Engine{.name = "sqlite", .fresh_place = [] { return std::make_unique<Folder>(); }}),
    engine_name
);

}  // namespace usher::db
