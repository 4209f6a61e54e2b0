#pragma once

#include "app/services.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace usher::app {

/// Housekeeping that no request waits for, on a thread of its own: the signing keys' schedule, and the
/// removal of sessions and revocations that nobody can ask about any more.
class Maintenance {
 public:
  explicit Maintenance(Services& services, std::chrono::seconds every = std::chrono::minutes{1});
  Maintenance(const Maintenance&) = delete;
  Maintenance& operator=(const Maintenance&) = delete;
  ~Maintenance();

 private:
  void run(std::chrono::seconds every);

  Services& services_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_{false};
  std::thread thread_;  ///< last: it uses all of the above
};

/// One round of it.
void keep_house(Services& services);

}  // namespace usher::app
