#pragma once

#include "db/sqlite/connection.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string_view>
#include <thread>

namespace usher::db {

/// What one PASSIVE checkpoint left: pages in the log, and how many of them are in the database file.
struct LogState {
  int pages{0};
  int copied{0};
};

/// Copies what it can without waiting for anyone. Zeros when another checkpoint is under way.
LogState checkpoint(Connection& connection);

/// Keeps the write-ahead log short without stopping the writer, on a thread and a connection of its own.
///
/// The log starts over only when all of it is in the database file, and with a writer at work there is always
/// something new. So this thread copies and syncs until little is left (the expensive part), and then the
/// writer does the rest between two batches, when nothing can be added.
class Checkpointer {
 public:
  using Report = std::function<void(std::string_view)>;

  Checkpointer(Connection connection, const Vfs& vfs, Report report);
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;
  ~Checkpointer();

  /// The writer, after a commit: the log is this long now. Returns at once unless the log is far too long.
  void log_is(int pages);

  /// The writer, between two batches: true once when the rest is its own to copy.
  bool rest_is_small() noexcept { return rest_is_small_.exchange(false, std::memory_order_acq_rel); }

 private:
  void loop();
  void work();
  void copy();
  void sync_database() const;
  void keep_log();

  Connection connection_;
  const Vfs& vfs_;
  Report report_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool wanted_{false};
  bool working_{false};
  bool stopping_{false};
  bool log_kept_{false};  ///< on its own thread only
  int asked_at_{0};       ///< on the writer's thread only
  std::atomic<bool> rest_is_small_{false};
  std::thread thread_;
};

}  // namespace usher::db
