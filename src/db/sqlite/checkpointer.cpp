#include "db/sqlite/checkpointer.hpp"

#include "db/sqlite/error.hpp"

#include <exception>
#include <string>

namespace usher::db {
namespace {

/// 4 MiB of log: long enough that checkpoints are rare, short enough that one is quick.
constexpr int pages_wanted = 1000;
/// Short of a new start, asking again is worth it only when the log has grown by so much.
constexpr int pages_between = 250;
/// 16 MiB: from here on the writer waits for us. Better a slow commit than a log without end.
constexpr int pages_too_many = 4000;
/// What the writer can copy without anyone noticing.
constexpr int pages_small = 100;
/// Against a writer that outruns us; it will ask again.
constexpr int rounds_max = 8;

}  // namespace

LogState checkpoint(Connection& connection)
{
  LogState state;
  const int code = sqlite3_wal_checkpoint_v2(
      connection.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &state.pages, &state.copied
  );
  if (code == SQLITE_BUSY) {
    return {};
  }
  if (code != SQLITE_OK) {
    fail(connection.handle(), code, "checkpoint");
  }
  return state;
}

Checkpointer::Checkpointer(Connection connection, const Vfs& vfs, Report report)
    : connection_{std::move(connection)}, vfs_{vfs}, report_{std::move(report)}, thread_{[this] { loop(); }}
{
}

Checkpointer::~Checkpointer()
{
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Checkpointer::log_is(int pages)
{
  if (pages < asked_at_) {
    asked_at_ = 0;  // it has started over
  }
  if (pages < pages_wanted || pages < asked_at_ + pages_between) {
    return;
  }
  asked_at_ = pages;
  std::unique_lock lock{mutex_};
  wanted_ = true;
  changed_.notify_all();
  if (pages >= pages_too_many) {
    changed_.wait(lock, [this] { return !wanted_ && !working_; });
    rest_is_small_.store(true, std::memory_order_release);
  }
}

void Checkpointer::loop()
{
  std::unique_lock lock{mutex_};
  while (true) {
    changed_.wait(lock, [this] { return wanted_ || stopping_; });
    if (stopping_) {
      return;
    }
    wanted_ = false;
    working_ = true;
    lock.unlock();
    work();
    lock.lock();
    working_ = false;
    changed_.notify_all();
  }
}

void Checkpointer::work()
{
  if (log_kept_) {
    return;
  }
  try {
    copy();
  } catch (const std::exception& fault) {
    report_(fault.what());
  }
  if (!vfs_.trusted()) {
    keep_log();
  }
}

void Checkpointer::copy()
{
  for (int round = 0; round < rounds_max; ++round) {
    const LogState state = checkpoint(connection_);
    sync_database();
    if (state.pages - state.copied <= pages_small) {
      rest_is_small_.store(true, std::memory_order_release);
      return;
    }
  }
}

/// SQLite syncs the file only with the last page of the log; done early, the last sync has little left to do.
void Checkpointer::sync_database() const
{
  sqlite3_file* file = nullptr;
  int code = sqlite3_file_control(
      connection_.handle(), nullptr, SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&file)
  );
  if (code == SQLITE_OK) {
    code = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
  }
  if (code != SQLITE_OK) {
    fail(nullptr, code, "syncing the database file");
  }
}

/// An open snapshot keeps every process from starting the log over, until this one ends; see Vfs.
void Checkpointer::keep_log()
{
  try {
    connection_.run("BEGIN");
    connection_.number("SELECT count(*) FROM sqlite_schema");
    log_kept_ = true;
    report_(
        "the database file could not be synced: no more checkpoints until the next start; nothing is lost, "
        "but "
        "the log will grow"
    );
  } catch (const std::exception& fault) {
    report_(fault.what());
  }
}

}  // namespace usher::db
