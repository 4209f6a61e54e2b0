#pragma once

#include "base/task.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>

namespace usher::http {

using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;

/// Seconds of CLOCK_MONOTONIC_COARSE: what deadlines are counted in.
std::int64_t coarse_seconds();

/// For durations.
inline std::chrono::nanoseconds precise_now()
{
  return std::chrono::steady_clock::now().time_since_epoch();
}

/// A connection's place in one of its loop's lists. Belongs to exactly one list, or none.
class Deadline {
 public:
  explicit Deadline(Socket& socket) : socket_{&socket} {}
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  ~Deadline() { leave(); }

  void leave() noexcept;

 private:
  friend class DeadlineList;
  Deadline() = default;

  Socket* socket_{nullptr};
  const void* list_{nullptr};
  Deadline* previous_{this};
  Deadline* next_{this};
  std::int64_t at_{0};
};

/// Connections that wait for the same kind of thing for the same length of time, so that the first to join is
/// the first to expire. Swept once a second; nothing is armed or disarmed per request.
class DeadlineList {
 public:
  explicit DeadlineList(std::int64_t seconds) : seconds_{seconds} {}

  /// Moves `deadline` here, to expire `seconds` from now; cheap when it is here since this very second.
  void join(Deadline& deadline, std::int64_t now) noexcept;

  /// Cancels what the expired wait for, which ends them.
  void sweep(std::int64_t now);
  void cancel_all() { sweep(INT64_MAX); }

 private:
  std::int64_t seconds_;
  Deadline head_{};
};

}  // namespace usher::http
