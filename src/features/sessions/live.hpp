#pragma once

#include "base/clock.hpp"
#include "base/published.hpp"
#include "base/uuid.hpp"
#include "db/database.hpp"
#include "features/sessions/history.hpp"
#include "features/sessions/store.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>

namespace usher::sessions {

/// The lines of `revocations` are dated by the wall clock, which may have been set since. By so much no line
/// is forgotten too soon: not at the start of a process, not by the housekeeping.
inline constexpr std::chrono::hours clock_set_max{1};

/// What was revoked within the life of an access token, in memory: sessions that ended, and the generation
/// under which a user's tokens are dead. Network loops ask it on every request; the feed asks it for what is
/// new. Entries age by the steady clock from when they were learnt, and go once no token can be as old.
///
/// One writer at a time (the database's listener); any number of readers without a lock, each through a View.
/// A million sessions take 36 bytes each at most (live_bench.cpp).
class Revoked {
 public:
  using Stamp = std::chrono::steady_clock::time_point;  ///< the wall clock may be set back, this one not

  /// `life`: the longest life of an access token, leeway included.
  explicit Revoked(std::chrono::seconds life);
  Revoked(const Revoked&) = delete;
  Revoked& operator=(const Revoked&) = delete;
  ~Revoked();

  /// Takes in what the database holds of the last `life` and clock_set_max before `now`, and follows it from
  /// then on. Before the first token is verified.
  void follow(db::Database& database, Instant now);

  /// One batch, as follow() does it. `at` is when it was learnt.
  void apply(std::span<const Revocation> batch, Stamp at);

  /// Drops what is too old to matter; apply() does it too. For quiet times.
  void forget(Stamp now);

  std::chrono::seconds life() const noexcept { return life_; }
  std::size_t size() const;   ///< entries; for the metrics
  std::size_t bytes() const;  ///< all that they take

  /// The number of the newest revocation it knows of. Any thread.
  std::int64_t seq() const;

  /// The database could not be read when there was news, and could not since: something may be missing that
  /// was acknowledged. Who then asks for the number asks for this first. Any thread.
  bool is_behind() const;

  /// After number `seq`, in order, at most about `max` entries: then News::seq is that of the last one given,
  /// and the next call takes up from there. The whole when something newer than `seq` has been forgotten,
  /// when `seq` is newer than anything known, or 0. Any thread.
  News since(std::int64_t seq, std::size_t max = std::numeric_limits<std::size_t>::max()) const;

 private:
  class Tables;
  class Writer;

 public:
  /// One thread's eye on it.
  class View {
   public:
    explicit View(const Revoked& revoked);

    /// True when the session, or the user's generation, was revoked. Under 100 ns with a million of them, no
    /// lock. (With a chance of 2^-42 in that million it is another session's end, so the one who asks lets
    /// the database have the last word.)
    bool is_dead(const Uuid& session, std::int64_t user, std::int64_t generation);

   private:
    Published<Tables>::View tables_;
  };

 private:
  std::chrono::seconds life_;
  std::shared_ptr<Writer> writer_;  ///< shared with the listener, which the database may call until it closes
};

}  // namespace usher::sessions
