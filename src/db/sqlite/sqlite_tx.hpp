#pragma once

#include "db/database.hpp"
#include "db/sqlite/connection.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace usher::db {

/// Statements over a connection whose owner begins and ends the transactions.
class SqliteTx final : public Tx {
 public:
  enum class Rights { read, write };

  SqliteTx(Connection& connection, Rights rights) : connection_{connection}, rights_{rights} {}

  void each(std::string_view sql, Args args, const Visit& visit) override;
  std::int64_t execute(std::string_view sql, Args args) override;
  void notify(std::string_view channel) override;

  /// For migrations only: several statements at once.
  void script(const std::string& sql) { connection_.script(sql); }

  /// What notify() was called with since this was last asked.
  std::vector<std::string> take_notified() noexcept { return std::exchange(notified_, {}); }

 private:
  class Running;

  Statement& ready(std::string_view sql, Args args);

  Connection& connection_;
  Rights rights_;
  bool running_{false};
  std::vector<std::string> notified_;
};

}  // namespace usher::db
