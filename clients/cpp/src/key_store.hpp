#pragma once

#include "keys.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace usher::verify {

/// The current key set, and the decision when to fetch it again. Does not fetch: the follower does, one at a
/// time. Any thread.
class KeyStore {
 public:
  using Steady = std::chrono::steady_clock::time_point;

  /// `pending`: a fetch is under way or due; ask again when there is news. `unavailable`: nobody can say.
  enum class State { found, unknown, pending, unavailable };
  struct Found {
    State state;
    KeyPtr key;
    bool begins{false};  ///< this look-up is the one that made the fetch due
  };

  KeyStore() = default;
  /// With keys that are never fetched.
  explicit KeyStore(KeySet fixed);

  /// Looks the key up, and nothing else with it. An unknown name may make a fetch due: at most one every five
  /// seconds, however many unknown names there are, and not again for a name the service was asked about.
  Found find(std::string_view kid, Steady now);

  /// No set was ever had.
  bool is_empty() const;

  /// What follows is for the one who fetches.
  bool fetch_is_due(Steady now) const;
  /// When fetch_is_due might become true by itself; Steady::max() when never.
  Steady next_fetch() const;
  void fetch_begins(Steady now);
  /// `max_age`: how long the set may be kept, as Cache-Control has it.
  void fetched(const KeySet& keys, std::chrono::seconds max_age, Steady now);
  void unchanged(std::chrono::seconds max_age, Steady now);
  void fetch_failed(Steady now);

  /// Grows when a key is no longer good. What was verified under an older version must be verified again.
  std::uint64_t version() const noexcept { return version_.load(std::memory_order_acquire); }

 private:
  void succeed(std::chrono::seconds max_age, Steady now);
  void remember_unknown(Steady now);

  const bool fixed_{false};
  mutable std::mutex mutex_;
  std::shared_ptr<const KeySet> keys_;
  std::atomic<std::uint64_t> version_{1};

  bool wanted_{false};  ///< somebody needs a fetch
  bool fetching_{false};
  bool last_failed_{false};
  Steady last_fetch_{Steady::min()};
  Steady expires_{Steady::max()};
  std::set<std::string, std::less<>> asked_;            ///< names the fetch is for
  std::map<std::string, Steady, std::less<>> unknown_;  ///< names the service does not know, and until when
};

/// `max-age` of a Cache-Control value, within what is sensible.
std::chrono::seconds max_age_of(std::string_view cache_control);

}  // namespace usher::verify
