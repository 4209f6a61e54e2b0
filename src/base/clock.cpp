#include "base/clock.hpp"

#include <ctime>

namespace usher {

Instant SystemClock::now() const
{
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return from_epoch(now.tv_sec);
}

}  // namespace usher
