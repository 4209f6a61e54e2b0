#pragma once

#include "base/clock.hpp"
#include "features/sessions/live.hpp"

#include <atomic>

namespace usher::revocations {

/// How statements are dated. Any thread.
class Moments {
 public:
  Moments(const sessions::Revoked& revoked, const Clock& clock) : revoked_{revoked}, clock_{clock} {}

  /// Nothing that was revoked before is missing from what `revoked` says after this call: the present, and
  /// while `revoked` is behind the database, the last moment found to be complete.
  Instant complete()
  {
    const Instant now = clock_.now();  // first: what is revoked from here on may be missing
    if (!revoked_.is_behind()) {
      newest_.store(now, std::memory_order_relaxed);
      return now;
    }
    return newest_.load(std::memory_order_relaxed);
  }

 private:
  const sessions::Revoked& revoked_;
  const Clock& clock_;
  std::atomic<Instant> newest_{clock_.now()};
};

}  // namespace usher::revocations
