#pragma once

#include "db/listeners.hpp"
#include "db/queue.hpp"
#include "db/sqlite/checkpointer.hpp"
#include "db/sqlite/connection.hpp"
#include "db/sqlite/progress.hpp"
#include "db/sqlite/sqlite_database.hpp"
#include "db/sqlite/sqlite_tx.hpp"

#include <chrono>
#include <exception>
#include <memory>
#include <span>
#include <thread>

namespace usher::db {

/// The one thread that writes: all waiting units in one transaction, one fsync, then all are answered.
class Writer {
 public:
  /// What it works with and for; all of it outlives the writer.
  struct Parts {
    Listeners& listeners;
    Checkpointer& checkpointer;
    Progress& progress;
    const SqliteOptions& options;
  };

  Writer(Connection connection, const Parts& parts);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  /// Does what was accepted, then ends.
  ~Writer();

  void submit(std::unique_ptr<Unit> unit);

 private:
  void loop();
  void write(Batch& batch);
  std::exception_ptr commit(Batch& batch, std::span<std::exception_ptr> faults);
  bool run_alone(Unit& unit, std::exception_ptr& fault);
  void undo() noexcept;
  void tell_listeners();
  void look_for_others();
  void close_log();

  Connection connection_;
  Parts parts_;
  Queue queue_;
  SqliteTx tx_{connection_, SqliteTx::Rights::write};
  SqliteTx listening_{connection_, SqliteTx::Rights::read};
  std::vector<std::string> notified_;  ///< by the kept units of the batch under way
  int log_pages_{0};
  std::int64_t others_;  ///< changes with each commit of another process
  std::chrono::steady_clock::time_point looked_;
  std::thread thread_;
};

}  // namespace usher::db
