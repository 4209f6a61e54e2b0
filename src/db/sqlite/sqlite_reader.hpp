#pragma once

#include "db/database.hpp"
#include "db/sqlite/connection.hpp"
#include "db/sqlite/sqlite_tx.hpp"

#include <atomic>
#include <cstdint>

namespace usher::db {

/// One thread's read-only connection. Keeps its snapshot over calls as long as nobody here has committed: a
/// held one halves the price of a look-up.
class SqliteReader final : public Reader {
 public:
  /// `commits` is the writer's count of them.
  SqliteReader(Connection connection, const std::atomic<std::uint64_t>& commits);
  SqliteReader(const SqliteReader&) = delete;
  SqliteReader& operator=(const SqliteReader&) = delete;
  ~SqliteReader() override;

  void read(const std::function<void(Tx&)>& work) override;
  void release() noexcept override;

  bool holds() const noexcept override { return holds_; }

 private:
  void renew();

  Connection connection_;
  const std::atomic<std::uint64_t>& commits_;
  SqliteTx tx_{connection_, SqliteTx::Rights::read};
  std::uint64_t seen_{0};  ///< of commits, when the snapshot began
  bool holds_{false};
  bool reading_{false};
};

}  // namespace usher::db
