#include "http/raw_client_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace usher::http {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class Connections : public ::testing::Test {
 protected:
  TestServer server{};
  int port{server.port()};
};

constexpr std::string_view get_plain = "GET /plain HTTP/1.1\r\nHost: a\r\n\r\n";

TEST_F(Connections, answer_a_get)
{
  const RawAnswer answer = ask(port, get_plain);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"plain":true})");
  EXPECT_EQ(answer.header("Content-Type"), "application/json; charset=utf-8");
}

TEST_F(Connections, serve_a_hundred_pipelined_requests_in_order)
{
  std::string all;
  for (int i = 0; i < 100; ++i) {
    const std::string body = "{\"i\":" + std::to_string(i) + "}";
    const std::string_view path = i % 10 == 3 ? "/none" : i % 2 == 0 ? "/echo" : "/slow";
    all += "POST " + std::string{path} +
           " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  RawClient client{port};
  client.send(all);
  for (int i = 0; i < 100; ++i) {
    const RawAnswer answer = client.receive();
    EXPECT_EQ(answer.status, i % 10 == 3 ? 404 : 200) << i;
    if (i % 10 != 3) {
      EXPECT_EQ(answer.body, "{\"i\":" + std::to_string(i) + "}");
    }
  }
}

TEST_F(Connections, stop_after_a_bad_request_in_a_pipeline)
{
  RawClient client{port};
  client.send(std::string{get_plain} + "GET /plain HTTP/1.1\r\n\r\n" + std::string{get_plain});
  EXPECT_EQ(client.receive().status, 200);
  const RawAnswer refused = client.receive();
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.header("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

TEST_F(Connections, take_a_request_byte_by_byte)
{
  RawClient client{port};
  for (const char byte : std::string_view{"POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"}) {
    client.send({&byte, 1});
  }
  EXPECT_EQ(client.receive().body, "abc");
}

TEST_F(Connections, take_a_body_of_the_largest_size_and_no_larger)
{
  const std::string largest(64 * 1024, 'b');
  const auto post = [](const std::string& body) {
    return "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
  };
  EXPECT_EQ(ask(port, post(largest)).body, largest);
  EXPECT_EQ(ask(port, post(largest + "b")).status, 413);
}

TEST_F(Connections, take_a_chunked_body_of_the_largest_size_and_no_larger)
{
  std::string chunks = "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 64; ++i) {
    chunks += "400;a=\"b\"\r\n" + std::string(1024, 'c') + "\r\n";
  }
  EXPECT_EQ(ask(port, chunks + "0\r\nX-Sum: 1\r\n\r\n").body, std::string(64 * 1024, 'c'));
  EXPECT_EQ(ask(port, chunks + "1\r\nc\r\n0\r\n\r\n").status, 413);
}

TEST_F(Connections, refuse_a_large_body_before_it_is_sent)
{
  RawClient client{port};
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive().status, 413);
}

TEST_F(Connections, say_100_continue_to_who_waits_for_it)
{
  RawClient client{port};
  client.send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive().status, 100);
  client.send("ok");
  EXPECT_EQ(client.receive().body, "ok");
}

TEST_F(Connections, send_answers_larger_than_their_buffer_whole)
{
  RawClient client{port};
  client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n" + std::string{get_plain});
  EXPECT_EQ(client.receive().body.size(), std::size_t{1} << 20);
  EXPECT_EQ(client.receive().status, 200);
}

TEST_F(Connections, close_when_asked_to)
{
  RawClient client{port};
  client.send("GET /plain HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(client.receive().header("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

TEST_F(Connections, of_http_1_0_close_unless_they_ask_to_stay)
{
  RawClient leaves{port};
  leaves.send("GET /plain HTTP/1.0\r\n\r\n");
  EXPECT_EQ(leaves.receive().status, 200);
  EXPECT_TRUE(leaves.is_closed());
  RawClient stays{port};
  stays.send("GET /plain HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(stays.receive().header("Connection"), "keep-alive");
  EXPECT_EQ(stays.send(get_plain).receive().status, 200);
}

TEST_F(Connections, answer_a_client_that_has_stopped_sending)
{
  RawClient client{port};
  client.send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
  client.finish_sending();
  EXPECT_EQ(client.receive().body, "hi");
  EXPECT_TRUE(client.is_closed());
}

TEST_F(Connections, survive_clients_that_leave_in_the_middle)
{
  for (const std::string_view piece :
       {"",
        "GET /pl",
        "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nh",
        "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
        "GET /large HTTP/1.1\r\nHost: a\r\n\r\n"}) {
    RawClient client{port};
    client.send(piece);
  }
  EXPECT_EQ(ask(port, get_plain).status, 200);
}

TEST_F(Connections, answer_head_like_get_without_the_body)
{
  RawClient client{port};
  client.send("HEAD /large HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.receive(true).header("Content-Length"), std::to_string(1 << 20));
  EXPECT_EQ(client.send(get_plain).receive().body, R"({"plain":true})");
}

TEST_F(Connections, carry_the_security_headers_in_every_answer)
{
  for (const std::string_view request :
       {get_plain,
        std::string_view{"GET /none HTTP/1.1\r\nHost: a\r\n\r\n"},
        std::string_view{"bad\r\n\r\n"},
        std::string_view{"DELETE /plain HTTP/1.1\r\nHost: a\r\n\r\n"},
        std::string_view{"OPTIONS /plain HTTP/1.1\r\nHost: a\r\n\r\n"},
        std::string_view{"GET /fault HTTP/1.1\r\nHost: a\r\n\r\n"}}) {
    const RawAnswer answer = ask(port, request);
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff") << request;
    EXPECT_EQ(answer.header("Content-Security-Policy"), "default-src 'none'; frame-ancestors 'none'")
        << request;
    EXPECT_EQ(answer.header("Referrer-Policy"), "no-referrer") << request;
    EXPECT_EQ(answer.header("Cross-Origin-Resource-Policy"), "same-origin") << request;
    EXPECT_EQ(answer.header("Cache-Control"), "no-store") << request;
    EXPECT_EQ(answer.header("Server"), "usher") << request;
    EXPECT_EQ(answer.header("X-Request-Id").size(), 20U) << request;
    EXPECT_THAT(answer.header("Date"), HasSubstr(" GMT")) << request;
    EXPECT_FALSE(answer.has("Strict-Transport-Security")) << request;
  }
}

TEST_F(Connections, tell_405_and_options_what_is_allowed)
{
  const RawAnswer not_allowed = ask(port, "DELETE /plain HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(not_allowed.status, 405);
  EXPECT_EQ(not_allowed.header("Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(ask(port, "TRACE /plain HTTP/1.1\r\nHost: a\r\n\r\n").status, 405);
  EXPECT_EQ(ask(port, "FOO /plain HTTP/1.1\r\nHost: a\r\n\r\n").status, 405);
  const RawAnswer options = ask(port, "OPTIONS /users/9 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.header("Allow"), "GET, HEAD, OPTIONS, PUT");
  EXPECT_FALSE(options.has("Content-Length"));
  EXPECT_EQ(ask(port, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").status, 204);
  EXPECT_EQ(ask(port, "OPTIONS /none HTTP/1.1\r\nHost: a\r\n\r\n").status, 404);
}

TEST_F(Connections, answer_304_to_who_has_it_already)
{
  const auto get = [&](const std::string& tag) {
    return ask(port, "GET /plain HTTP/1.1\r\nHost: a\r\nIf-None-Match: " + tag + "\r\n\r\n");
  };
  const RawAnswer unchanged = get("\"x\", \"v1\"");
  EXPECT_EQ(unchanged.status, 304);
  EXPECT_EQ(unchanged.header("ETag"), "\"v1\"");
  EXPECT_THAT(unchanged.body, IsEmpty());
  EXPECT_EQ(get("\"v2\"").status, 200);
}

TEST_F(Connections, refuse_bodies_that_are_not_json)
{
  const auto post = [&](const std::string& headers) {
    return ask(port, "POST /echo HTTP/1.1\r\nHost: a\r\n" + headers + "Content-Length: 2\r\n\r\n{}").status;
  };
  EXPECT_EQ(post("Content-Type: application/json\r\n"), 200);
  EXPECT_EQ(post("Content-Type: Application/JSON; charset=\"UTF-8\"\r\n"), 200);
  EXPECT_EQ(post(""), 415);
  EXPECT_EQ(post("Content-Type: text/plain\r\n"), 415);
  EXPECT_EQ(post("Content-Type: application/json; charset=utf-7\r\n"), 415);
  EXPECT_EQ(post("Content-Type: application/x-www-form-urlencoded\r\n"), 415);
  EXPECT_EQ(post("Content-Type: application/json\r\nContent-Encoding: gzip\r\n"), 415);
}

TEST_F(Connections, refuse_accept_that_rules_json_out)
{
  const auto get = [&](const std::string& accept) {
    return ask(port, "GET /plain HTTP/1.1\r\nHost: a\r\nAccept: " + accept + "\r\n\r\n").status;
  };
  EXPECT_EQ(get("text/html, */*;q=0.1"), 200);
  EXPECT_EQ(get("application/*"), 200);
  EXPECT_EQ(get("application/problem+json"), 200);
  EXPECT_EQ(get("text/html"), 406);
  EXPECT_EQ(get("application/json;q=0"), 406);
}

TEST_F(Connections, answer_faults_without_a_word_about_the_inside)
{
  for (const std::string_view path : {"/fault", "/slow-fault"}) {
    const RawAnswer answer = ask(port, "GET " + std::string{path} + " HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(answer.status, 500);
    EXPECT_THAT(answer.body, AllOf(HasSubstr("internal_error"), Not(HasSubstr("secret"))));
    EXPECT_THAT(server.log(), HasSubstr(answer.header("X-Request-Id")));
  }
  const RawAnswer passing = ask(port, "GET /passing-fault HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(passing.status, 503);
  EXPECT_EQ(passing.header("Retry-After"), "1");
  EXPECT_THAT(server.log(), HasSubstr("secret detail"));
}

TEST_F(Connections, log_one_line_per_request_and_nothing_private)
{
  ask(port,
      "GET /users/7?access_token=topsecret HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer user7\r\n"
      "X-Request-Id: mine\r\nUser-Agent: a\tb\r\n\r\n");
  ask(port, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  ask(port, "GET /" + std::string(5000, 'p') + "\x1b HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string log = server.log();
  EXPECT_THAT(
      log,
      HasSubstr(R"("message":"request","method":"GET","route":"/users/{id}","status":200,"duration_ms":)")
  );
  EXPECT_THAT(log, HasSubstr(R"("client":"127.0.0.1")"));
  EXPECT_THAT(log, HasSubstr(R"("error":"request_malformed","status":400)"));
  EXPECT_THAT(
      log,
      AllOf(
          Not(HasSubstr("topsecret")),
          Not(HasSubstr("user7")),
          Not(HasSubstr("healthz")),
          Not(HasSubstr("mine")),
          Not(HasSubstr("ppp"))
      )
  );
}

TEST_F(Connections, count_requests_by_method_route_and_status)
{
  ask(port, get_plain);
  ask(port, get_plain);
  ask(port, "GET /none HTTP/1.1\r\nHost: a\r\n\r\n");
  ask(port, "bad\r\n\r\n");
  const std::string text = server.metrics();
  EXPECT_THAT(
      text, HasSubstr("usher_http_requests_total{method=\"GET\",route=\"/plain\",status=\"2xx\"} 2\n")
  );
  EXPECT_THAT(text, HasSubstr("usher_http_requests_total{method=\"GET\",route=\"none\",status=\"4xx\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("usher_http_refused_total{error=\"request_malformed\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("usher_http_request_duration_seconds_count{route=\"/plain\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("usher_http_connections_accepted_total 4\n"));
}

}  // namespace
}  // namespace usher::http
