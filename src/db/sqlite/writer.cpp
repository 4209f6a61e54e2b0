#include "db/sqlite/writer.hpp"

#include "db/sqlite/error.hpp"

#include <algorithm>
#include <iterator>
#include <string>

namespace usher::db {
namespace {

bool is_fault(const std::exception_ptr& thrown)
{
  try {
    std::rethrow_exception(thrown);
  } catch (const Fault&) {
    return true;
  } catch (...) {
    return false;
  }
}

std::string text_of(const std::exception_ptr& thrown)
{
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& known) {
    return known.what();
  } catch (...) {
    return "unknown exception";
  }
}

}  // namespace

Writer::Writer(Connection connection, const Parts& parts)
    : connection_{std::move(connection)},
      parts_{parts},
      queue_{parts.options.queue_max},
      others_{connection_.number("PRAGMA data_version")},
      looked_{std::chrono::steady_clock::now()}
{
  sqlite3_wal_hook(
      connection_.handle(),
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<Writer*>(self)->log_pages_ = pages;
        return SQLITE_OK;
      },
      this
  );
  // Last, when everything that the thread uses is there.
  thread_ = std::thread{[this] { loop(); }};
}

Writer::~Writer()
{
  queue_.close();
  thread_.join();
}

void Writer::submit(std::unique_ptr<Unit> unit)
{
  if (const auto refused = queue_.push(std::move(unit))) {
    parts_.progress.faults.fetch_add(1, std::memory_order_relaxed);
    refused->finish(std::make_exception_ptr(PassingFault{"the database has more writes waiting than it takes"}
    ));
  }
}

void Writer::loop()
{
  Batch batch;
  while (queue_.take(batch, parts_.options.batch_max, parts_.options.poll)) {
    if (!batch.empty()) {
      write(batch);
      batch.clear();
      parts_.checkpointer.log_is(log_pages_);
    }
    look_for_others();
    if (parts_.checkpointer.rest_is_small()) {
      close_log();
    }
  }
}

void Writer::write(Batch& batch)
{
  std::vector<std::exception_ptr> faults(batch.size());
  notified_.clear();
  if (const std::exception_ptr common = commit(batch, faults)) {
    std::ranges::fill(faults, common);
  } else {
    for (const std::string& channel : notified_) {
      parts_.listeners.mark(channel);
    }
    tell_listeners();
  }
  for (std::size_t at = 0; at < batch.size(); ++at) {
    if (faults[at] != nullptr && is_fault(faults[at])) {
      parts_.progress.faults.fetch_add(1, std::memory_order_relaxed);
    }
    batch[at]->finish(std::move(faults[at]));
  }
}

/// Null when the batch is on disk; what came of each unit is in `faults` then. Otherwise nothing of it is.
std::exception_ptr Writer::commit(Batch& batch, std::span<std::exception_ptr> faults)
{
  try {
    connection_.run("BEGIN IMMEDIATE");
    std::uint64_t kept = 0;
    for (std::size_t at = 0; at < batch.size(); ++at) {
      kept += run_alone(*batch[at], faults[at]) ? 1 : 0;
    }
    // Pages that were changed and changed back would still be written and synced.
    if (kept == 0) {
      connection_.run("ROLLBACK");
      return nullptr;
    }
    connection_.run("COMMIT");
    parts_.progress.units.fetch_add(kept, std::memory_order_relaxed);
    parts_.progress.commits.fetch_add(1, std::memory_order_release);
    return nullptr;
  } catch (...) {
    undo();
    return std::current_exception();
  }
}

/// In a savepoint of its own, so that it harms no neighbour. True when its changes stay. Throws when SQLite
/// has given up the whole transaction, as it does when the disk is full or fails.
bool Writer::run_alone(Unit& unit, std::exception_ptr& fault)
{
  connection_.run("SAVEPOINT unit");
  Verdict verdict = Verdict::rollback;
  try {
    verdict = unit.run(tx_);
  } catch (...) {
    fault = std::current_exception();
  }
  auto said = tx_.take_notified();
  if (!connection_.in_transaction()) {
    if (fault != nullptr) {
      std::rethrow_exception(fault);
    }
    throw PassingFault{"sqlite gave up the transaction"};
  }
  if (verdict == Verdict::rollback) {
    connection_.run("ROLLBACK TO unit");
  }
  connection_.run("RELEASE unit");
  if (verdict == Verdict::rollback) {
    return false;
  }
  std::ranges::move(said, std::back_inserter(notified_));
  return true;
}

void Writer::undo() noexcept
{
  if (connection_.in_transaction()) {
    // Nothing to do about a failure here: the next BEGIN fails then, and says so to its units.
    sqlite3_exec(connection_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Writer::tell_listeners()
{
  if (!parts_.listeners.marked()) {
    return;
  }
  try {
    connection_.run("BEGIN");
    const std::exception_ptr failed = parts_.listeners.call_marked(listening_);
    connection_.run("COMMIT");
    if (failed != nullptr) {
      std::rethrow_exception(failed);
    }
  } catch (...) {
    undo();
    parts_.progress.faults.fetch_add(1, std::memory_order_relaxed);
    parts_.options.report("a listener failed and will be called again: " + text_of(std::current_exception()));
  }
}

/// Commits of other processes, and listeners that failed before.
void Writer::look_for_others()
{
  const auto now = std::chrono::steady_clock::now();
  if (now - looked_ < parts_.options.poll) {
    return;
  }
  looked_ = now;
  try {
    const std::int64_t version = connection_.number("PRAGMA data_version");
    if (version != others_) {
      others_ = version;
      parts_.listeners.mark_all();
    }
  } catch (const std::exception& fault) {
    parts_.options.report(fault.what());
    return;
  }
  tell_listeners();
}

void Writer::close_log()
{
  try {
    checkpoint(connection_);
  } catch (const std::exception& fault) {
    parts_.options.report(fault.what());
  }
}

}  // namespace usher::db
