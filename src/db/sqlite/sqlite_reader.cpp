#include "db/sqlite/sqlite_reader.hpp"

#include "base/result.hpp"

namespace usher::db {

SqliteReader::SqliteReader(Connection connection, const std::atomic<std::uint64_t>& commits)
    : connection_{std::move(connection)}, commits_{commits}
{
}

SqliteReader::~SqliteReader()
{
  release();
}

void SqliteReader::read(const std::function<void(Tx&)>& work)
{
  USHER_ASSERT(!reading_);  // a read inside a read would pull the snapshot from under the outer one
  renew();
  reading_ = true;
  try {
    work(tx_);
  } catch (...) {
    reading_ = false;
    release();
    throw;
  }
  reading_ = false;
}

void SqliteReader::renew()
{
  const std::uint64_t now = commits_.load(std::memory_order_acquire);
  if (holds_ && seen_ == now) {
    return;
  }
  release();
  // The snapshot itself is taken by the first SELECT, so it is at least as new as `now`.
  connection_.run("BEGIN");
  seen_ = now;
  holds_ = true;
}

void SqliteReader::release() noexcept
{
  if (!holds_) {
    return;
  }
  holds_ = false;
  try {
    connection_.run("COMMIT");
  } catch (...) {
    // Only for want of memory: nothing was written that could be lost.
    sqlite3_exec(connection_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

}  // namespace usher::db
