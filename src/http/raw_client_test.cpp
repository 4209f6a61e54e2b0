#include "http/raw_client_test.hpp"

#include "base/fault.hpp"
#include "http/head_fields.hpp"

#include <arpa/inet.h>
#include <boost/asio/post.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <future>
#include <memory>
#include <mutex>
#include <utility>

namespace usher::http {
namespace {

constexpr int patience_ms = 8000;

constexpr Refusal token_unknown{
    Kind::unprocessable, "token_invalid", "Token invalid", "This is no token of ours."
};

class TestAuthenticator final : public Authenticator {
 public:
  Result<Caller> authenticate(std::string_view token, TokenUse use) override
  {
    if (use == TokenUse::refresh) {
      return token == "refresh7" ? Result<Caller>{Caller{.user = 7}} : refuse(token_unknown);
    }
    if (token == "user7" || token == "fresh7") {
      return Caller{.user = 7, .fresh = token == "fresh7"};
    }
    if (token == "admin1") {
      return Caller{.user = 1, .admin = true, .fresh = true};
    }
    return refuse(token_unknown);
  }
};

class TestClients final : public ClientAuthenticator {
 public:
  Result<Done> authenticate(const ClientCredential& shown, std::string_view scope) override
  {
    if (shown.id != "orders" || shown.secret.reveal() != "s3cret") {
      return refuse(invalid_client);
    }
    return scope == "ask" ? Result<Done>{Done{}} : refuse(insufficient_scope);
  }
};

Router::Entry entry(
    Method method, std::string pattern, Guard guard, std::variant<Router::AtOnce, Router::Waits> handler
)
{
  return {
      .method = method,
      .pattern = std::move(pattern),
      .guard = guard,
      .handler = std::move(handler),
      .reply_type = "application/json",
      .body_type = "application/json",
  };
}

Answer caller_of(const Request& request)
{
  const auto id = request.number("id");
  return ok(
      "{\"caller\":" + std::to_string(request.caller.user) + ",\"id\":" + std::to_string(id.value_or(0)) + "}"
  );
}

Answer client_of(const Request& request)
{
  return ok("{\"client\":\"" + request.client + "\"}");
}

Answer address_of(const Request& request)
{
  return ok(std::string{request.address} + " " + (request.secure ? "secure" : "plain"));
}

Answer large_text(const Request& /*request*/)
{
  return Response{.content_type = "text/plain", .body = std::string(1 << 20, 'x')};
}

/// Comes back by way of the loop's queue, with the request's views used only afterwards.
Reply slow_echo(const Request& request)
{
  const Executor executor = co_await boost::asio::this_coro::executor;
  co_await boost::asio::post(executor, use_task);
  co_await boost::asio::post(executor, use_task);
  co_return ok(std::string{request.body});
}

Reply slow_fault(const Request& /*request*/)
{
  const Executor executor = co_await boost::asio::this_coro::executor;
  co_await boost::asio::post(executor, use_task);
  throw Fault{"secret detail"};
}

/// With a service's guard and a form.
Router::Entry service_entry(std::string pattern, std::string scope, const json::AnyShape& body)
{
  Router::Entry made = entry(Method::post, std::move(pattern), Guard::client, client_of);
  made.body = &body;
  made.body_type = form_type;
  made.scope = std::move(scope);
  return made;
}

Answer shared_text(const Request& /*request*/)
{
  static const auto text = std::make_shared<const std::string>(1 << 20, 'y');
  return Response{.content_type = "text/plain", .shared_body = text, .content_encoding = "gzip"};
}

Answer listen_to(EventStreams& hub)
{
  auto seat = hub.seat();
  if (!seat) {
    return refuse(server_busy);
  }
  return event_stream(std::move(seat), "data: first\n\n");
}

std::unique_ptr<Site> make_site(const std::shared_ptr<EventStreams>& hub)
{
  static const json::AnyShape any_body{.name = "Any", .fields = {}};
  auto site = std::make_unique<Site>();
  site->kept = hub;
  Router& router = site->router;
  router.add(entry(Method::get, "/stream", Guard::open, [hub](const Request&) { return listen_to(*hub); }));
  router.entries().back()->reply_type = "text/event-stream";
  router.add(entry(Method::get, "/shared", Guard::open, shared_text));
  router.entries().back()->reply_type = "text/plain";
  router.add(entry(Method::get, "/plain", Guard::open, [](const Request&) -> Answer {
    return Response{.body = R"({"plain":true})", .etag = "\"v1\""};
  }));
  Router::Entry echo = entry(Method::post, "/echo", Guard::open, [](const Request& request) -> Answer {
    return ok(std::string{request.body});
  });
  echo.body = &any_body;
  router.add(std::move(echo));
  router.add(entry(Method::get, "/users/{id}", Guard::self_or_admin, caller_of));
  router.add(entry(Method::put, "/users/{id}", Guard::fresh_self_or_admin, caller_of));
  router.add(entry(Method::get, "/users/search", Guard::optional, caller_of));
  router.add(entry(Method::get, "/admin", Guard::admin, caller_of));
  router.add(entry(Method::post, "/refresh", Guard::refresh, caller_of));
  router.add(service_entry("/ask", "ask", any_body));
  router.add(service_entry("/other-scope", "tell", any_body));
  Router::Entry feed = entry(Method::get, "/feed", Guard::client, client_of);
  feed.scope = "ask";
  router.add(std::move(feed));
  router.add(entry(Method::post, "/slow", Guard::open, slow_echo));
  router.add(entry(Method::get, "/large", Guard::open, large_text));
  router.add(entry(Method::get, "/address", Guard::open, address_of));
  router.add(entry(Method::get, "/healthz", Guard::open, [](const Request&) -> Answer { return ok("{}"); }));
  router.add(entry(Method::get, "/fault", Guard::open, [](const Request&) -> Answer {
    throw Fault{"secret detail"};
  }));
  router.add(entry(Method::get, "/passing-fault", Guard::open, [](const Request&) -> Answer {
    throw PassingFault{"secret detail"};
  }));
  router.add(entry(Method::get, "/slow-fault", Guard::open, slow_fault));
  router.entries().back()->reply_type = "text/plain";
  site->authenticator = std::make_unique<TestAuthenticator>();
  site->clients = std::make_unique<TestClients>();
  return site;
}

}  // namespace

std::string RawAnswer::header(std::string_view name) const
{
  std::string_view rest{head};
  while (!rest.empty()) {
    const auto end = rest.find("\r\n");
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(rest.size(), line.size() + 2));
    const auto colon = line.find(':');
    if (colon != std::string_view::npos && equal_ignoring_case(line.substr(0, colon), name)) {
      return std::string{trimmed(line.substr(colon + 1))};
    }
  }
  return {};
}

bool RawAnswer::has(std::string_view name) const
{
  return !header(name).empty();
}

RawClient::RawClient(int port) : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)}
{
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the sockets interface is made this way
  EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
}

RawClient::~RawClient()
{
  ::close(socket_);
}

RawClient& RawClient::send(std::string_view bytes)
{
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) {
      break;  // the server refused and hung up; what it said is still to be read
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return *this;
}

void RawClient::finish_sending()
{
  ::shutdown(socket_, SHUT_WR);
}

bool RawClient::more()
{
  pollfd ready{.fd = socket_, .events = POLLIN, .revents = 0};
  if (::poll(&ready, 1, patience_ms) != 1) {
    ADD_FAILURE() << "the server neither answers nor closes";
    return false;
  }
  std::array<char, 65536> piece{};
  errno = 0;
  const ssize_t count = ::recv(socket_, piece.data(), piece.size(), 0);
  if (count <= 0) {
    return false;
  }
  pending_.append(piece.data(), static_cast<std::size_t>(count));
  return true;
}

RawAnswer RawClient::receive(bool to_head)
{
  RawAnswer answer;
  auto end = std::string::npos;
  while ((end = pending_.find("\r\n\r\n")) == std::string::npos) {
    if (!more()) {
      return answer;
    }
  }
  answer.head = pending_.substr(0, end + 4);
  pending_.erase(0, end + 4);
  std::from_chars(answer.head.data() + 9, answer.head.data() + 12, answer.status);
  const std::string length = answer.header("Content-Length");
  std::size_t size = 0;
  std::from_chars(length.data(), length.data() + length.size(), size);
  if (to_head) {
    return answer;
  }
  while (pending_.size() < size) {
    if (!more()) {
      ADD_FAILURE() << "the body ended early";
      return answer;
    }
  }
  answer.body = pending_.substr(0, size);
  pending_.erase(0, size);
  return answer;
}

std::string RawClient::through(std::string_view mark)
{
  auto end = std::string::npos;
  while ((end = pending_.find(mark)) == std::string::npos) {
    if (!more()) {
      return std::exchange(pending_, {});
    }
  }
  std::string text = pending_.substr(0, end + mark.size());
  pending_.erase(0, text.size());
  return text;
}

bool RawClient::drain(std::string& rest)
{
  while (more()) {
  }
  rest = std::exchange(pending_, {});
  return errno == 0;
}

bool RawClient::is_closed()
{
  return pending_.empty() && !more() && pending_.empty();
}

RawAnswer ask(int port, std::string_view bytes)
{
  RawClient client{port};
  return client.send(bytes).receive();
}

TestServer::TestServer(Options options)
{
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0);
  log_read_ = ends[0];
  log_write_ = ends[1];
  logger_ = std::make_unique<log::Logger>(log::Logger::Options{.fd = log_write_});
  options.listen = {"127.0.0.1:0"};
  options.threads = options.threads == 0 ? 1 : options.threads;
  const auto make = [&streams = *streams_, mutex = std::make_shared<std::mutex>()](const Executor& executor) {
    const auto hub = std::make_shared<EventStreams>(executor, streams.seats);
    const std::lock_guard lock{*mutex};
    streams.hubs.push_back(hub.get());
    return make_site(hub);
  };
  server_ = std::make_unique<Server>(std::move(options), make, *logger_, metrics_, clock_);
  server_->start();
  const std::string url = server_->urls().front();
  const auto colon = url.rfind(':');
  std::from_chars(url.data() + colon + 1, url.data() + url.size(), port_);
}

TestServer::~TestServer()
{
  server_.reset();
  logger_.reset();
  ::close(log_read_);
  ::close(log_write_);
}

void TestServer::send_event(const std::string& text)
{
  const auto event = std::make_shared<const std::string>(text);
  for (EventStreams* const hub : streams_->hubs) {
    std::promise<void> done;
    hub->post([&] {
      hub->send(event);
      done.set_value();
    });
    done.get_future().wait();
  }
}

std::string TestServer::log()
{
  logger_->flush();
  std::array<char, 65536> piece{};
  for (ssize_t count = 0; (count = ::read(log_read_, piece.data(), piece.size())) > 0;) {
    log_text_.append(piece.data(), static_cast<std::size_t>(count));
  }
  return log_text_;
}

}  // namespace usher::http
