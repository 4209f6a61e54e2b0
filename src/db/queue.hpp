#pragma once

#include "db/database.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace usher::db {

using Batch = std::vector<std::unique_ptr<Unit>>;

/// Units on their way to a writer: many threads push, one takes all that wait.
class Queue {
 public:
  explicit Queue(std::size_t units_max) : units_max_{units_max} {}

  /// Takes `unit`, or hands it back (not null) when the queue is full or closed. Never blocks.
  [[nodiscard]] std::unique_ptr<Unit> push(std::unique_ptr<Unit> unit);

  /// Waits for units, for at most `patience`, and appends up to `batch_max` of them to `batch`. False once
  /// the queue is closed and empty: what was accepted is handed out first.
  bool take(Batch& batch, std::size_t batch_max, std::chrono::milliseconds patience);

  void close();

 private:
  const std::size_t units_max_;
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<std::unique_ptr<Unit>> units_;
  bool closed_{false};
};

}  // namespace usher::db
