#pragma once

#include "base/clock.hpp"
#include "base/published.hpp"
#include "crypto/tls.hpp"
#include "http/block.hpp"
#include "http/compose.hpp"
#include "http/cors.hpp"
#include "http/deadlines.hpp"
#include "http/dispatch.hpp"
#include "http/networks.hpp"
#include "http/receiver.hpp"
#include "http/request_ids.hpp"
#include "http/server.hpp"
#include "http/site.hpp"
#include "http/traffic.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace usher::http {

using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor>;
using Endpoint = boost::asio::ip::tcp::endpoint;

/// What all loops of a server share. Read-only but for the count.
struct Common {
  const Options& options;
  log::Logger& log;
  metrics::Registry& metrics;
  const Clock& clock;
  ReceiverLimits limits;
  Networks trusted;
  Cors cors;
  std::optional<Published<crypto::TlsContext>> tls{};
  std::atomic<std::size_t> connections{0};
};

/// One thread's network: its io_context, acceptors, connections and Site. Everything but the constructor,
/// post() and stop() happens on that thread.
class Loop {
 public:
  explicit Loop(Common& common);
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  /// Binds, with SO_REUSEPORT so that every loop can have the same. Hands back the endpoint really bound.
  Endpoint bind(const Endpoint& endpoint);

  /// Runs until drained. `made` is called once the Site stands, with what make_site threw, or null.
  void run(const MakeSite& make_site, const std::function<void(std::exception_ptr)>& made);

  /// From any thread.
  void post(std::function<void()> what);

  void open();  ///< starts accepting
  /// Stops accepting; idle connections end now, others when they are answered. `when_empty` is called when
  /// the last one is gone, and the Site with it.
  void drain(std::function<void()> when_empty);
  void abort();  ///< ends what still waits on a socket

  // For connections.
  const Common& common() const noexcept { return common_; }
  // There from before the first connection to after the last.
  Dispatch& dispatch() noexcept { return *dispatch_; }  // NOLINT(bugprone-unchecked-optional-access)
  Traffic& traffic() noexcept { return traffic_; }
  BlockPool& blocks() noexcept { return blocks_; }
  RequestIds& request_ids() noexcept { return request_ids_; }
  bool draining() const noexcept { return draining_; }
  bool aborting() const noexcept { return aborting_; }
  std::string_view date_line() { return date_.at(epoch_seconds(common_.clock.now())); }

  DeadlineList& idle() noexcept { return idle_; }
  DeadlineList& receiving() noexcept { return receiving_; }
  DeadlineList& sending() noexcept { return sending_; }
  DeadlineList& lingering() noexcept { return lingering_; }
  DeadlineList& streaming() noexcept { return streaming_; }

  void joined();
  void left();

 private:
  Task<> accept_from(Acceptor& acceptor);
  Task<> sweep();
  void welcome(Socket socket, const Endpoint& endpoint);
  void finish_when_empty();

  // Connections refer to what stands above io_, which goes first and takes their coroutines with it.
  Common& common_;
  BlockPool blocks_{};
  DeadlineList idle_;
  DeadlineList receiving_;
  DeadlineList sending_;
  DeadlineList lingering_;
  DeadlineList streaming_;  ///< never swept: a stream ends when its client does, or the server
  DateLine date_{};
  RequestIds request_ids_{};
  Traffic traffic_;
  std::optional<Published<crypto::TlsContext>::View> tls_{};
  std::size_t open_{0};
  bool draining_{false};
  bool aborting_{false};
  std::function<void()> when_empty_{};
  std::unique_ptr<Site> site_{};
  std::optional<Dispatch> dispatch_{};
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<Executor> stay_{io_.get_executor()};
  std::vector<std::unique_ptr<Acceptor>> acceptors_{};
};

}  // namespace usher::http
