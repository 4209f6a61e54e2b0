#pragma once

#include "db/database.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace usher::db {

struct SqliteOptions {
  std::string path;                     ///< created (mode 0600) when absent
  std::size_t queue_max{10'000};        ///< db.queue_max: units waiting for the writer
  std::size_t batch_max{256};           ///< db.batch_max: units in one transaction
  std::chrono::milliseconds poll{500};  ///< how often changes made by other processes are looked for
  /// Told, on one of the database's threads, what no caller can be told: a failed checkpoint or listener.
  std::function<void(std::string_view what)> report{};
};

/// Throws Fault with one line that names the path and the cause.
std::unique_ptr<Database> open_sqlite(SqliteOptions options);

}  // namespace usher::db
