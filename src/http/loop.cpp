#include "http/loop.hpp"

#include "base/fault.hpp"
#include "http/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <sys/socket.h>

#include <chrono>
#include <limits>
#include <string>
#include <utility>

namespace usher::http {
namespace {

namespace asio = boost::asio;

using Timer = asio::
    basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

constexpr int backlog = 4096;
constexpr std::int64_t linger_seconds = 2;
constexpr std::int64_t stream_seconds = std::numeric_limits<std::int32_t>::max();
constexpr std::chrono::milliseconds accept_pause{100};

/// Said once, without reading anything, when http.connections_max is reached.
constexpr std::string_view too_many_answer =
    "HTTP/1.1 503 Service Unavailable\r\nServer: usher\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
    "Cache-Control: no-store\r\nConnection: close\r\n\r\n";

std::string text_of(const Endpoint& endpoint)
{
  const std::string address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(endpoint.port());
}

}  // namespace

Loop::Loop(Common& common)
    : common_{common},
      idle_{common.options.idle_timeout.count()},
      receiving_{common.options.message_timeout.count()},
      sending_{common.options.message_timeout.count()},
      lingering_{linger_seconds},
      streaming_{stream_seconds},
      traffic_{common.log, common.metrics, common.options.access_log}
{
}

Loop::~Loop() = default;

Endpoint Loop::bind(const Endpoint& endpoint)
{
  auto acceptor = std::make_unique<Acceptor>(io_.get_executor());
  boost::system::error_code failed;
  const auto must = [&](const char* what) {
    if (failed) {
      throw Fault{
          "http.listen: cannot " + std::string{what} + " " + text_of(endpoint) + ": " + failed.message() +
          "; choose another with --listen, or stop what listens there"
      };
    }
  };
  acceptor->open(endpoint.protocol(), failed);
  must("open a socket for");
  acceptor->set_option(asio::socket_base::reuse_address{true}, failed);
  acceptor->set_option(ReusePort{true}, failed);
  must("share");
  acceptor->set_option(asio::ip::tcp::no_delay{true}, failed);  // accepted sockets inherit it
  if (endpoint.address().is_v6()) {
    acceptor->set_option(asio::ip::v6_only{!endpoint.address().is_unspecified()}, failed);
  }
  acceptor->bind(endpoint, failed);
  must("listen on");
  acceptors_.push_back(std::move(acceptor));
  return acceptors_.back()->local_endpoint();
}

void Loop::run(const MakeSite& make_site, const std::function<void(std::exception_ptr)>& made)
{
  try {
    site_ = make_site(io_.get_executor());
    dispatch_.emplace(*site_, common_.cors, common_.log);
    if (common_.tls) {
      tls_.emplace(*common_.tls);
    }
  } catch (...) {
    site_.reset();
    made(std::current_exception());
    return;
  }
  made(nullptr);
  io_.run();
  dispatch_.reset();
  site_.reset();
  when_empty_();
}

void Loop::post(std::function<void()> what)
{
  asio::post(io_, std::move(what));
}

void Loop::open()
{
  for (const auto& acceptor : acceptors_) {
    acceptor->listen(backlog);
    asio::co_spawn(io_.get_executor(), accept_from(*acceptor), asio::detached);
  }
  asio::co_spawn(io_.get_executor(), sweep(), asio::detached);
}

void Loop::drain(std::function<void()> when_empty)
{
  draining_ = true;
  when_empty_ = std::move(when_empty);
  for (const auto& acceptor : acceptors_) {
    boost::system::error_code ignored;
    acceptor->close(ignored);
  }
  idle_.cancel_all();
  lingering_.cancel_all();  // they have their answer
  streaming_.cancel_all();
  finish_when_empty();
}

void Loop::abort()
{
  aborting_ = true;
  idle_.cancel_all();
  receiving_.cancel_all();
  sending_.cancel_all();
  lingering_.cancel_all();
}

void Loop::joined()
{
  ++open_;
  traffic_.connection_accepted();
}

void Loop::left()
{
  --open_;
  common_.connections.fetch_sub(1, std::memory_order_relaxed);
  traffic_.connection_closed();
  finish_when_empty();
}

void Loop::finish_when_empty()
{
  if (draining_ && open_ == 0) {
    io_.stop();
  }
}

Task<> Loop::accept_from(Acceptor& acceptor)
{
  Timer pause{io_.get_executor()};
  while (!draining_) {
    Endpoint peer;
    auto [failed, socket] = co_await acceptor.async_accept(peer, asio::as_tuple(use_task));
    if (draining_) {
      break;
    }
    if (!failed) {
      welcome(std::move(socket), peer);
    } else if (failed != asio::error::connection_aborted) {
      // No descriptors or no memory: the client stays in the queue, and trying at once would only burn the
      // CPU.
      common_.log.warning("cannot accept connections for the moment", {{"reason", failed.message()}});
      pause.expires_after(accept_pause);
      co_await pause.async_wait(asio::as_tuple(use_task));
    }
  }
}

void Loop::welcome(Socket socket, const Endpoint& endpoint)
{
  if (common_.connections.fetch_add(1, std::memory_order_relaxed) >= common_.options.connections_max) {
    common_.connections.fetch_sub(1, std::memory_order_relaxed);
    traffic_.connection_refused();
    if (!common_.tls) {
      ::send(
          socket.native_handle(), too_many_answer.data(), too_many_answer.size(), MSG_DONTWAIT | MSG_NOSIGNAL
      );
    }
    return;
  }
  boost::system::error_code ignored;
  socket.non_blocking(true, ignored);
  const Peer peer{endpoint, common_.trusted};
  if (tls_) {
    asio::co_spawn(
        io_.get_executor(), serve_tls(*this, std::move(socket), peer, tls_->get()), asio::detached
    );
    return;
  }
  asio::co_spawn(io_.get_executor(), serve_plain(*this, std::move(socket), peer), asio::detached);
}

Task<> Loop::sweep()
{
  Timer timer{io_.get_executor()};
  while (true) {
    timer.expires_after(std::chrono::seconds{1});
    const auto [failed] = co_await timer.async_wait(asio::as_tuple(use_task));
    if (failed) {
      co_return;
    }
    const std::int64_t now = coarse_seconds();
    idle_.sweep(now);
    receiving_.sweep(now);
    sending_.sweep(now);
    lingering_.sweep(now);
  }
}

}  // namespace usher::http
