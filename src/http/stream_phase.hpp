#pragma once

#include "http/event_streams.hpp"
#include "http/transport.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace usher::http {

/// What a connection becomes when its answer is a stream of events: it holds no block, waits until the client
/// hangs up (or for room, while something waits to be sent), and is written to by its hub.
template <class Transport>
class StreamPhase final : public Listener {
 public:
  StreamPhase(std::shared_ptr<Seat> seat, Transport& transport)
      : Listener{std::move(seat)}, transport_{transport}
  {
  }
  StreamPhase(const StreamPhase&) = delete;
  StreamPhase& operator=(const StreamPhase&) = delete;
  ~StreamPhase() override
  {
    if (begun() && !dropped()) {
      transport_.finish();
    }
  }

  /// The head and the first events are on their way.
  void start();

  /// Everything that can be done without waiting; then what to wait for, or that it is over.
  Io::State step();

  /// A wait that failed was ended by the hub, which wants step() called.
  bool is_wanted() const noexcept { return wanted_ && !over(); }

 private:
  /// What a client may send into a stream, where there is nothing to say, before it is left.
  static constexpr std::size_t ignored_bytes_max = std::size_t{64} * 1024;
  /// Kernel memory for one who does not read; the kernel counts double.
  static constexpr int send_buffer_bytes = 32 * 1024;
  /// A peer that is gone without a word is noticed when it has not acknowledged anything for so long.
  static constexpr unsigned silence_ms_max = 30'000;

  Io write(std::string_view bytes) override { return transport_.write_some(bytes); }

  void wake() override
  {
    wanted_ = true;
    boost::system::error_code ignored;
    transport_.socket().cancel(ignored);
  }

  /// With a reset: what the client never read would otherwise stay in kernel memory, for its sake. Not by
  /// Asio's option, which its destructor takes back.
  void drop() override
  {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(transport_.socket().native_handle(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }

  Transport& transport_;
  std::size_t ignored_bytes_{ignored_bytes_max};  ///< that may still come
  bool wanted_{false};
};

template <class Transport>
void StreamPhase<Transport>::start()
{
  const int socket = transport_.socket().native_handle();
  ::setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &send_buffer_bytes, sizeof send_buffer_bytes);
  ::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &silence_ms_max, sizeof silence_ms_max);
  begin();
}

template <class Transport>
Io::State StreamPhase<Transport>::step()
{
  wanted_ = false;
  if (over() || discard(transport_, ignored_bytes_) == Io::State::closed) {
    return Io::State::closed;
  }
  while (!backlog().empty()) {
    const Io io = transport_.write_some(backlog().next());
    if (io.state != Io::State::done) {
      return io.state;
    }
    backlog().sent(io.bytes);
  }
  return Io::State::want_read;
}

}  // namespace usher::http
