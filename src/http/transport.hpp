#pragma once

#include "crypto/tls.hpp"
#include "http/deadlines.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

namespace usher::http {

using crypto::Io;

/// Bytes over TCP. Both transports have the same face; Connection is a template over it, so that plain HTTP
/// pays nothing for TLS.
class PlainTransport {
 public:
  explicit PlainTransport(Socket socket) : socket_{std::move(socket)} {}

  static constexpr bool secure = false;

  Socket& socket() noexcept { return socket_; }

  static Io handshake() { return {.state = Io::State::done}; }

  Io read_some(std::span<char> into)
  {
    const ssize_t count = ::recv(socket_.native_handle(), into.data(), into.size(), MSG_DONTWAIT);
    return count == 0 ? Io{.state = Io::State::closed} : outcome(count, Io::State::want_read);
  }

  Io write_some(std::string_view bytes)
  {
    const ssize_t count =
        ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return outcome(count, Io::State::want_write);
  }

  static bool has_pending() { return false; }

  void finish() { ::shutdown(socket_.native_handle(), SHUT_WR); }

 private:
  static Io outcome(ssize_t count, Io::State want)
  {
    if (count >= 0) {
      return {.state = Io::State::done, .bytes = static_cast<std::size_t>(count)};
    }
    const bool later = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    return {.state = later ? want : Io::State::closed};
  }

  Socket socket_;
};

/// The same over TLS: OpenSSL reads and writes the socket itself and says what to wait for.
class TlsTransport {
 public:
  TlsTransport(Socket socket, const crypto::TlsContext& context)
      : socket_{std::move(socket)}, stream_{context, socket_.native_handle()}
  {
  }

  static constexpr bool secure = true;

  Socket& socket() noexcept { return socket_; }

  Io handshake() { return stream_.handshake(); }

  Io read_some(std::span<char> into) { return stream_.read_some(into); }

  Io write_some(std::string_view bytes) { return stream_.write_some(bytes); }

  bool has_pending() const { return stream_.has_pending(); }

  void finish()
  {
    stream_.finish();
    ::shutdown(socket_.native_handle(), SHUT_WR);
  }

 private:
  Socket socket_;
  crypto::TlsStream stream_;
};

/// Reads what has come and throws it away: want_read when that was all, closed when the other side has, or
/// when it was more than `allowed` bytes, which is what is left of them.
template <class Transport>
Io::State discard(Transport& transport, std::size_t& allowed)
{
  std::array<char, 4096> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
  while (true) {
    const Io io = transport.read_some(piece);
    if (io.state != Io::State::done) {
      return io.state;
    }
    if (io.bytes > allowed) {
      return Io::State::closed;
    }
    allowed -= io.bytes;
  }
}

}  // namespace usher::http
