#pragma once

#include <atomic>
#include <chrono>

namespace usher {

/// UTC, whole seconds: what is stored, signed and shown.
using Instant = std::chrono::sys_seconds;

inline std::int64_t epoch_seconds(Instant instant)
{
  return instant.time_since_epoch().count();
}

inline Instant from_epoch(std::int64_t seconds)
{
  return Instant{std::chrono::seconds{seconds}};
}

/// The only source of "now". Tests hand in one they can move. Any thread.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

/// CLOCK_REALTIME_COARSE: a few nanoseconds a call, right to some milliseconds.
class SystemClock final : public Clock {
 public:
  Instant now() const override;
};

class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start) : now_{start} {}

  Instant now() const override { return now_.load(); }

  void advance(std::chrono::seconds by) { now_.store(now_.load() + by); }

 private:
  std::atomic<Instant> now_;
};

}  // namespace usher
