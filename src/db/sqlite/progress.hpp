#pragma once

#include <atomic>
#include <cstdint>

namespace usher::db {

/// What the writer tells everyone else. Written by one thread, seldom; read by every loop.
struct Progress {
  /// Grows with each commit, before anyone is told of it: a reader that sees no change misses nothing.
  std::atomic<std::uint64_t> commits{0};
  std::atomic<std::uint64_t> units{0};
  std::atomic<std::uint64_t> faults{0};
};

}  // namespace usher::db
