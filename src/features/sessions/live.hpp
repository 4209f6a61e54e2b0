#pragma once

#include "base/published.hpp"
#include "base/uuid.hpp"
#include "db/database.hpp"
#include "features/sessions/store.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace usher::sessions {

/// What was revoked while this process ran, in memory, asked on every request: sessions that ended, and the
/// generation under which a user's tokens are dead. It only has to know what happened after a token was first
/// checked against the database, so it starts empty; entries are dropped once no token can be as old.
///
/// One writer at a time (the database's listener); any number of readers without a lock, each through a View.
class Revoked {
 public:
  using Stamp = std::chrono::steady_clock::time_point;  ///< the wall clock may be set back, this one not

  /// `life`: the longest life of an access token, leeway included.
  explicit Revoked(std::chrono::seconds life);
  Revoked(const Revoked&) = delete;
  Revoked& operator=(const Revoked&) = delete;
  ~Revoked();

  /// Follows the database's revocations from now on. Before the first token is verified.
  void follow(db::Database& database);

  /// One batch, as follow() does it. `at` is when it was learnt.
  void apply(std::span<const Revocation> batch, Stamp at);

  std::chrono::seconds life() const noexcept { return life_; }
  std::size_t size() const;  ///< entries; for the metrics

 private:
  class Table;
  class Tables;
  class Writer;

 public:
  /// One thread's eye on it.
  class View {
   public:
    explicit View(const Revoked& revoked);

    /// True when the session, or the user's generation, was revoked. Some 20 ns, no lock. (With a chance of
    /// 2^-62 it is another session's end, so the one who asks lets the database have the last word.)
    bool is_dead(const Uuid& session, std::int64_t user, std::int64_t generation);

   private:
    Published<Tables>::View tables_;
  };

 private:
  std::chrono::seconds life_;
  std::shared_ptr<Writer> writer_;  ///< shared with the listener, which the database may call until it closes
};

}  // namespace usher::sessions
