#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace usher::crypto {

/// What became of one step on a non-blocking stream.
struct Io {
  enum class State {
    done,        ///< `bytes` were moved
    want_read,   ///< again when the socket is readable
    want_write,  ///< again when the socket is writable
    closed,      ///< by the other side, in order or not; nothing more will come
  };

  State state{State::closed};
  std::size_t bytes{0};
};

/// A certificate chain and its key, ready to serve: TLS 1.2 and 1.3, forward-secret AEAD suites, ALPN
/// http/1.1. Immutable; any number of threads at once.
class TlsContext {
 public:
  /// Both files are PEM; the chain begins with the server's own certificate. Throws Fault with one line that
  /// names the setting and the file: missing, unreadable, not PEM, or a key that belongs to another
  /// certificate.
  TlsContext(const std::string& cert_file, const std::string& key_file);
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ~TlsContext();

 private:
  friend class TlsStream;
  class State;
  std::unique_ptr<State> state_;
};

/// The server's side of one TLS connection over a non-blocking socket that the caller owns and waits on.
/// Holds no buffers while idle. Writes with write(2): the process ignores SIGPIPE.
class TlsStream {
 public:
  TlsStream(const TlsContext& context, int socket);
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;
  TlsStream(TlsStream&&) noexcept;
  TlsStream& operator=(TlsStream&&) noexcept;
  ~TlsStream();

  Io handshake();
  Io read_some(std::span<char> into);
  Io write_some(std::string_view bytes);  ///< a repeat after want_write may come from another address
  bool has_pending() const;               ///< decrypted bytes wait, so the socket may never become readable
  void finish();                          ///< sends close_notify, once, without waiting

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace usher::crypto
