#pragma once

#include "base/clock.hpp"
#include "http/event_streams.hpp"
#include "http/server.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// For this module's tests only: raw bytes over loopback, and a server with a few routes to send them to.

namespace usher::http {

/// An answer as it came, taken apart just enough to ask about it.
struct RawAnswer {
  int status{0};
  std::string head;  ///< with its blank line
  std::string body;

  /// The value of the first header of that name; empty when there is none.
  std::string header(std::string_view name) const;
  bool has(std::string_view name) const;
};

/// One blocking TCP connection to 127.0.0.1; gives up after a few seconds.
class RawClient {
 public:
  explicit RawClient(int port);
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient();

  RawClient& send(std::string_view bytes);
  void finish_sending();

  /// The next whole answer; status 0 when the connection ended instead. `to_head`: without a body.
  RawAnswer receive(bool to_head = false);

  /// Everything up to `mark` and with it; what there is when the connection ends first.
  std::string through(std::string_view mark);

  /// Whatever else comes until the connection ends, and how it ended: true when in order, false by a reset.
  bool drain(std::string& rest);

  /// True when the server has closed, after everything it sent has been received.
  bool is_closed();

  int socket() const noexcept { return socket_; }

 private:
  bool more();

  int socket_{-1};
  std::string pending_;
};

/// Sends, and hands back the first answer.
RawAnswer ask(int port, std::string_view bytes);

/// A running server on a free port of 127.0.0.1. Routes:
///   GET  /plain             {"plain":true}, open, ETag "v1"
///   POST /echo              the body back, open, JSON
///   GET  /users/{id}        self_or_admin        PUT /users/{id}   fresh_self_or_admin
///   GET  /users/search      optional             GET /admin        admin
///   POST /refresh           refresh              POST /slow        open, answers later on the loop
///   GET  /large             1 MiB of text        GET /fault, /passing-fault, /slow-fault
///   GET  /address           who asked            GET /healthz
///   GET  /stream            "data: first", then what send_event() says, for at most three
///   GET  /shared            1 MiB that all have together, said to be gzip
/// Tokens: "user7", "fresh7", "admin1", "refresh7"; anything else is refused.
class TestServer {
 public:
  explicit TestServer(Options options = {});
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;
  ~TestServer();

  int port() const noexcept { return port_; }
  Server& server() noexcept { return *server_; }
  std::string metrics() const { return metrics_.exposition(); }
  std::string log();  ///< what has been logged until now

  const Seats& seats() const noexcept { return streams_->seats; }
  /// To all listeners of all loops; done when it returns.
  void send_event(const std::string& text);

 private:
  struct Streams {
    Seats seats{3};
    std::vector<EventStreams*> hubs{};
  };

  int log_read_{-1};
  int log_write_{-1};
  std::string log_text_;
  std::unique_ptr<log::Logger> logger_;
  metrics::Registry metrics_;
  SystemClock clock_;
  std::unique_ptr<Streams> streams_{std::make_unique<Streams>()};
  std::unique_ptr<Server> server_;
  int port_{0};
};

}  // namespace usher::http
