#include "http/server.hpp"

#include "base/fault.hpp"
#include "http/raw_client_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <memory>
#include <thread>

namespace usher::http {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

constexpr std::string_view get_plain = "GET /plain HTTP/1.1\r\nHost: a\r\n\r\n";

std::string why_not(Options options)
{
  log::Logger log{{.level = log::Level::off}};
  metrics::Registry metrics;
  const SystemClock clock;
  try {
    const Server server{
        std::move(options), [](const Executor&) { return std::make_unique<Site>(); }, log, metrics, clock
    };
  } catch (const Fault& fault) {
    return fault.what();
  }
  return "it works";
}

TEST(Server, will_not_share_a_port_with_another)
{
  const TestServer first;
  EXPECT_THAT(
      why_not({.listen = {"127.0.0.1:" + std::to_string(first.port())}}),
      HasSubstr(
          "http.listen: cannot listen on 127.0.0.1:" + std::to_string(first.port()) +
          ": Address already in use"
      )
  );
}

TEST(Server, names_the_setting_that_is_wrong)
{
  EXPECT_THAT(why_not({.listen = {"nonsense"}}), HasSubstr("http.listen: \"nonsense\""));
  EXPECT_THAT(why_not({.listen = {"127.0.0.1:99999"}}), HasSubstr("http.listen"));
  EXPECT_THAT(
      why_not({.listen = {"127.0.0.1:0"}, .trusted_proxies = {"10.0.0.0/33"}}),
      HasSubstr("http.trusted_proxies")
  );
  EXPECT_THAT(
      why_not({.listen = {"127.0.0.1:0"}, .cors_origins = {"https://a/"}}), HasSubstr("http.cors_origins")
  );
  EXPECT_THAT(why_not({.listen = {"127.0.0.1:0"}, .tls_cert = "/nowhere"}), HasSubstr("tls.key"));
  EXPECT_THAT(
      why_not({.listen = {"127.0.0.1:0"}, .tls_cert = "/nowhere", .tls_key = "/nowhere"}),
      HasSubstr("tls.cert: \"/nowhere\"")
  );
}

TEST(Server, rethrows_what_making_a_site_threw)
{
  log::Logger log{{.level = log::Level::off}};
  metrics::Registry metrics;
  const SystemClock clock;
  Server server{
      {.listen = {"127.0.0.1:0"}, .threads = 2},
      [](const Executor&) -> std::unique_ptr<Site> { throw Fault{"no database"}; },
      log,
      metrics,
      clock
  };
  EXPECT_THROW(server.start(), Fault);
}

TEST(Server, makes_and_drops_each_site_on_its_own_thread)
{
  log::Logger log{{.level = log::Level::off}};
  metrics::Registry metrics;
  const SystemClock clock;
  std::atomic<int> here{0};
  std::atomic<int> elsewhere{0};
  {
    Server server{
        {.listen = {"127.0.0.1:0"}, .threads = 3},
        [&](const Executor&) {
          auto site = std::make_unique<Site>();
          site->kept = std::shared_ptr<void>{nullptr, [&, mine = std::this_thread::get_id()](void*) {
                                               ++(mine == std::this_thread::get_id() ? here : elsewhere);
                                             }};
          return site;
        },
        log,
        metrics,
        clock
    };
    server.start();
    EXPECT_TRUE(server.accepting());
    server.drain();
    EXPECT_FALSE(server.accepting());
    EXPECT_EQ(here, 3);
  }
  EXPECT_EQ(elsewhere, 0);
}

TEST(Drain, ends_idle_connections_and_finishes_the_others)
{
  TestServer server{{.threads = 2}};
  RawClient idle{server.port()};
  EXPECT_EQ(idle.send(get_plain).receive().status, 200);
  auto busy = std::make_unique<RawClient>(server.port());
  busy->send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(busy->receive().status, 100);
  std::jthread drain{[&] { server.server().drain(); }};
  EXPECT_TRUE(idle.is_closed());
  const RawAnswer last = busy->send("hi").receive();
  EXPECT_EQ(last.body, "hi");
  EXPECT_EQ(last.header("Connection"), "close");
  EXPECT_TRUE(busy->is_closed());
  busy.reset();  // the server lingers until we hang up
}

TEST(Drain, does_not_wait_longer_than_it_is_told)
{
  TestServer server{{.drain_timeout = 0s}};
  RawClient stuck{server.port()};
  stuck.send("GET /pl");
  server.server().drain();
  EXPECT_TRUE(stuck.is_closed());
}

TEST(Deadlines, cut_idle_and_trickling_clients)
{
  TestServer server{{.idle_timeout = 1s, .message_timeout = 1s}};
  RawClient idle{server.port()};
  EXPECT_EQ(idle.send(get_plain).receive().status, 200);
  RawClient trickling{server.port()};
  trickling.send("GET /pl");
  EXPECT_TRUE(trickling.is_closed());
  EXPECT_TRUE(idle.is_closed());
  EXPECT_EQ(ask(server.port(), get_plain).status, 200);
}

TEST(Limits, turn_away_connections_beyond_the_maximum)
{
  TestServer server{{.connections_max = 1}};
  auto first = std::make_unique<RawClient>(server.port());
  EXPECT_EQ(first->send(get_plain).receive().status, 200);
  RawClient second{server.port()};
  EXPECT_EQ(second.receive().status, 503);
  EXPECT_TRUE(second.is_closed());
  first->send("GET /plain HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(first->receive().status, 200);
  EXPECT_TRUE(first->is_closed());
  EXPECT_THAT(server.metrics(), HasSubstr("usher_http_connections_refused_total 1\n"));
}

TEST(Limits, let_the_server_accept_again_when_descriptors_come_back)
{
  TestServer server;
  RawClient before{server.port()};
  EXPECT_EQ(before.send(get_plain).receive().status, 200);
  RawClient waiting{server.port()};  // has its descriptor before they run out
  EXPECT_EQ(waiting.send(get_plain).receive().status, 200);
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &old), 0);
  auto late = std::make_unique<RawClient>(server.port());
  EXPECT_EQ(late->send(get_plain).receive().status, 200);
  const rlimit none{.rlim_cur = static_cast<rlim_t>(late->socket()) + 1, .rlim_max = old.rlim_max};
  const int spare = late->socket();
  late.reset();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  {
    RawClient takes_the_last{server.port()};  // the client's end; none is left for the server's
    EXPECT_LE(takes_the_last.socket(), spare);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &old), 0);
    EXPECT_EQ(takes_the_last.send(get_plain).receive().status, 200);
  }
}

class Proxied : public ::testing::Test {
 protected:
  RawAnswer get(const TestServer& server, const std::string& headers)
  {
    return ask(server.port(), "GET /address HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n");
  }

  TestServer trusting{{.trusted_proxies = {"127.0.0.0/8", "10.1.0.0/16"}}};
  TestServer trusting_nobody{};
};

TEST_F(Proxied, clients_are_the_rightmost_untrusted_hop)
{
  EXPECT_EQ(get(trusting, "X-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.1.2.3\r\n").body, "203.0.113.9 plain");
  EXPECT_EQ(get(trusting, "X-Forwarded-For: [2001:db8::1]:99\r\n").body, "2001:db8::1 plain");
  EXPECT_EQ(get(trusting, "X-Forwarded-For: 203.0.113.9:1234\r\n").body, "203.0.113.9 plain");
  EXPECT_EQ(get(trusting, "X-Forwarded-For: 1.1.1.1, unknown\r\n").body, "127.0.0.1 plain");
  EXPECT_EQ(get(trusting, "X_Forwarded_For: 1.1.1.1\r\nForwarded: for=1.1.1.1\r\n").body, "127.0.0.1 plain");
}

TEST_F(Proxied, headers_count_only_from_trusted_addresses)
{
  const RawAnswer answer =
      get(trusting_nobody, "X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-Proto: https\r\nX-Request-Id: mine\r\n");
  EXPECT_EQ(answer.body, "127.0.0.1 plain");
  EXPECT_NE(answer.header("X-Request-Id"), "mine");
  EXPECT_FALSE(answer.has("Strict-Transport-Security"));
}

TEST_F(Proxied, requests_over_tls_get_hsts)
{
  const RawAnswer answer = get(trusting, "X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-Proto: http, https\r\n");
  EXPECT_EQ(answer.body, "1.1.1.1 secure");
  EXPECT_EQ(answer.header("Strict-Transport-Security"), "max-age=31536000");
}

TEST_F(Proxied, request_ids_are_taken_only_when_harmless)
{
  EXPECT_EQ(get(trusting, "X-Request-Id: a.B_9-z\r\n").header("X-Request-Id"), "a.B_9-z");
  EXPECT_NE(get(trusting, "X-Request-Id: a b\r\n").header("X-Request-Id"), "a b");
  EXPECT_EQ(
      get(trusting, "X-Request-Id: " + std::string(65, 'a') + "\r\n").header("X-Request-Id").size(), 20U
  );
}

class CrossOrigin : public ::testing::Test {
 protected:
  RawAnswer get(const std::string& origin)
  {
    return ask(server.port(), "GET /plain HTTP/1.1\r\nHost: a\r\nOrigin: " + origin + "\r\n\r\n");
  }

  RawAnswer preflight(const std::string& origin, const std::string& method)
  {
    return ask(
        server.port(),
        "OPTIONS /plain HTTP/1.1\r\nHost: a\r\nOrigin: " + origin +
            "\r\nAccess-Control-Request-Method: " + method + "\r\n\r\n"
    );
  }

  TestServer server{{.cors_origins = {"https://app.example.org", "http://localhost:3000"}}};
};

TEST_F(CrossOrigin, answers_are_readable_from_listed_origins)
{
  const RawAnswer answer = get("https://app.example.org");
  EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "https://app.example.org");
  EXPECT_EQ(answer.header("Vary"), "Origin");
  EXPECT_THAT(answer.header("Access-Control-Expose-Headers"), HasSubstr("X-Request-Id"));
  EXPECT_FALSE(answer.has("Access-Control-Allow-Credentials"));
}

TEST_F(CrossOrigin, answers_are_not_readable_from_any_other)
{
  for (const std::string origin :
       {"null",
        "https://evil.org",
        "https://app.example.org.evil.org",
        "https://evilapp.example.org",
        "http://app.example.org",
        "https://app.example.org:443",
        "https://APP.example.org"}) {
    EXPECT_FALSE(get(origin).has("Access-Control-Allow-Origin")) << origin;
    EXPECT_EQ(get(origin).header("Vary"), "Origin") << origin;
  }
  EXPECT_FALSE(ask(server.port(), get_plain).has("Access-Control-Allow-Origin"));
}

TEST_F(CrossOrigin, preflights_grant_only_methods_that_exist)
{
  const RawAnswer granted = preflight("http://localhost:3000", "GET");
  EXPECT_EQ(granted.status, 204);
  EXPECT_EQ(granted.header("Access-Control-Allow-Methods"), "GET, HEAD, OPTIONS");
  EXPECT_THAT(granted.header("Access-Control-Allow-Headers"), HasSubstr("Authorization"));
  EXPECT_FALSE(preflight("http://localhost:3000", "PUT").has("Access-Control-Allow-Methods"));
  EXPECT_FALSE(preflight("https://evil.org", "GET").has("Access-Control-Allow-Methods"));
}

}  // namespace
}  // namespace usher::http
