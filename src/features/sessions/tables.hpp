#pragma once

#include "base/uuid.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

// Open addressing, insert-only. One thread adds, any number read meanwhile without a lock.

namespace usher::sessions {

/// Eight bytes a slot: the random half of a session's id is the whole entry.
class SessionTable {
 public:
  /// Room for `entries` and a third more before it is crowded.
  explicit SessionTable(std::size_t entries);

  bool contains(const Uuid& session) const noexcept;
  void add(const Uuid& session);

  /// True when it is time for a larger one; it must not be added to much longer.
  bool crowded() const noexcept { return used_ >= crowded_at_; }
  std::size_t size() const noexcept { return used_; }
  std::size_t bytes() const noexcept { return slots_.size() * sizeof(slots_[0]); }

 private:
  std::size_t place_of(std::uint64_t key) const noexcept;

  std::vector<std::atomic<std::uint64_t>> slots_;
  std::size_t crowded_at_;
  std::size_t used_{0};
};

/// User id -> the lowest generation alive, which only grows.
class GenerationTable {
 public:
  explicit GenerationTable(std::size_t entries);

  /// 0 when nothing is known of the user.
  std::int64_t lowest_of(std::int64_t user) const noexcept;
  void raise(std::int64_t user, std::int64_t generation);

  bool crowded() const noexcept { return used_ * 2 >= slots_.size(); }
  std::size_t size() const noexcept { return used_; }
  std::size_t bytes() const noexcept { return slots_.size() * sizeof(Slot); }

 private:
  struct Slot {
    std::atomic<std::uint64_t> key{0};
    std::atomic<std::int64_t> generation{0};
  };

  std::size_t place_of(std::uint64_t key) const noexcept;

  std::vector<Slot> slots_;
  std::size_t used_{0};
};

}  // namespace usher::sessions
