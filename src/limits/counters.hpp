#pragma once

#include "base/clock.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <unordered_map>

namespace usher::limits {

/// A keyed hash of what is counted: entries are small, hold no address or name, and cannot be made to
/// collide.
struct Key {
  std::uint64_t high{};
  std::uint64_t low{};

  friend bool operator==(const Key&, const Key&) = default;
};

struct KeyHash {
  std::size_t operator()(const Key& key) const noexcept { return key.low; }
};

struct Waiter;
using Queue = std::list<std::shared_ptr<Waiter>>;

/// Guesses under one key: those that were wrong, and those being evaluated.
struct Counter {
  std::uint32_t wrong{0};
  std::uint32_t pending{0};
  Instant begun{};                 ///< the window, with its first wrong one
  std::unique_ptr<Queue> queue{};  ///< who waits for one of the pending to end; never empty

  bool idle() const noexcept { return pending == 0 && queue == nullptr; }
};

/// A bounded table. Expired entries go little by little, as others come; when it is full of live ones, some
/// idle one goes: never one with guesses under way.
template <class Entry>
class Table {
 public:
  explicit Table(std::size_t entries_max) : entries_max_{entries_max} {}

  Entry* find(const Key& key)
  {
    const auto found = entries_.find(key);
    return found == entries_.end() ? nullptr : &found->second;
  }

  /// `is_expired` and `is_idle` say which may go. References stay until their entry goes.
  template <class IsExpired, class IsIdle>
  Entry& at(const Key& key, IsExpired is_expired, IsIdle is_idle)
  {
    if (Entry* const found = find(key)) {
      return *found;
    }
    sweep(2, is_expired);
    if (entries_.size() >= entries_max_ && !sweep(64, is_expired)) {
      sweep_one(64, is_idle);
    }
    return entries_[key];
  }

  void erase(const Key& key) { entries_.erase(key); }

  std::size_t size() const noexcept { return entries_.size(); }

 private:
  /// Looks at the next buckets, in turn; true when something went.
  template <class MayGo>
  bool sweep(std::size_t buckets, MayGo may_go)
  {
    bool gone = false;
    for (; buckets > 0; --buckets) {
      gone = sweep_bucket(may_go) || gone;
    }
    return gone;
  }

  template <class MayGo>
  void sweep_one(std::size_t buckets, MayGo may_go)
  {
    while (buckets > 0 && !sweep_bucket(may_go)) {
      --buckets;
    }
  }

  template <class MayGo>
  bool sweep_bucket(MayGo may_go)
  {
    next_ = (next_ + 1) % entries_.bucket_count();
    for (auto entry = entries_.begin(next_); entry != entries_.end(next_); ++entry) {
      if (may_go(entry->second)) {
        // Of one bucket, one at a time: the iterator is of no use afterwards.
        entries_.erase(Key{entry->first});
        return true;
      }
    }
    return false;
  }

  std::size_t entries_max_;
  std::unordered_map<Key, Entry, KeyHash> entries_;
  std::size_t next_{0};
};

}  // namespace usher::limits
