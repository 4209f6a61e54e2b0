#pragma once

#include "base/clock.hpp"
#include "http/site.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace usher::http {

/// Every limit of the front, with its setting's name. See docs/configuration.md.
struct Options {
  std::vector<std::string> listen{"127.0.0.1:8080"};    ///< http.listen; port 0 takes a free one
  std::size_t threads{0};                               ///< http.threads; 0: one per core
  std::size_t head_bytes_max{std::size_t{32} * 1024};   ///< http.head_max, request line and header fields
  std::size_t header_count_max{100};                    ///< http.headers_max
  std::size_t target_bytes_max{std::size_t{8} * 1024};  ///< http.target_max
  std::size_t body_bytes_max{std::size_t{64} * 1024};   ///< http.body_max
  std::size_t connections_max{20'000};                  ///< http.connections_max
  std::chrono::seconds idle_timeout{60};                ///< http.idle_timeout
  std::chrono::seconds message_timeout{10};    ///< http.message_timeout: a whole message, first byte to last
  std::chrono::seconds drain_timeout{8};       ///< http.drain_timeout
  std::vector<std::string> trusted_proxies{};  ///< http.trusted_proxies: addresses or CIDR networks
  std::vector<std::string> cors_origins{};     ///< http.cors_origins: exact origins, scheme included
  bool access_log{true};                       ///< http.access_log
  std::string tls_cert{};                      ///< tls.cert: PEM chain; empty: plain HTTP
  std::string tls_key{};                       ///< tls.key
};

/// The network front: `threads` loops, each with its own acceptor (SO_REUSEPORT), connections and Site.
class Server {
 public:
  /// Binds at once, so that a busy port or a bad certificate stops the start: throws Fault with one line that
  /// names the setting, the value and the cure.
  Server(
      Options options, MakeSite make_site, log::Logger& log, metrics::Registry& metrics, const Clock& clock
  );
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  /// "http://127.0.0.1:8080" for each listener, with the ports really bound.
  std::vector<std::string> urls() const;

  /// Starts the loops; returns when every Site is made and every acceptor listens. Rethrows what make_site
  /// threw.
  void start();

  /// True between start() and drain(); for readiness. Any thread.
  bool accepting() const noexcept;

  /// Stops accepting, lets requests under way finish (answered with Connection: close), closes idle
  /// connections; returns when all are gone or drain_timeout has passed. Any thread but a loop's.
  void drain();

  /// Reads certificate and key again; connections from now on use them. A bad pair is logged, the old one
  /// kept.
  void reload_tls();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace usher::http
