#include "http/chunked.hpp"
#include "http/compose.hpp"
#include "http/head_scan.hpp"
#include "http/networks.hpp"
#include "http/receiver.hpp"
#include "http/request.hpp"
#include "http/request_ids.hpp"
#include "http/router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <set>

namespace usher::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr ReceiverLimits limits{
    .head = {.head_bytes_max = 32 * 1024, .header_count_max = 100, .target_bytes_max = 8 * 1024},
    .body_bytes_max = 64 * 1024,
};

/// Feeds `bytes` in pieces of `piece` bytes and hands back the bodies of the requests, then how it ended.
std::vector<std::string> bodies_of(std::string_view bytes, std::size_t piece)
{
  Receiver receiver{limits};
  Block block;
  std::vector<std::string> bodies;
  while (!bytes.empty()) {
    const auto space = receiver.space(block);
    const std::size_t count = std::min({piece, bytes.size(), space.size()});
    std::ranges::copy(bytes.substr(0, count), space.begin());
    receiver.received(count);
    bytes.remove_prefix(count);
    Receiver::State state{};
    while (!receiver.empty() && (state = receiver.look(block)) == Receiver::State::ready) {
      bodies.push_back(std::string{block.request.path} + ":" + std::string{block.request.body});
      receiver.done(block);
    }
    if (state == Receiver::State::refused) {
      bodies.emplace_back("refused");
      break;
    }
  }
  return bodies;
}

TEST(Receiver, makes_the_same_of_bytes_however_they_are_cut)
{
  const std::string large(40'000, 'z');
  const std::string bytes =
      "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
      "POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;x=\"y\"\r\nhi\r\n1\r\n!\r\n0\r\nT: "
      "u\r\n\r\n"
      "\r\nGET /c HTTP/1.1\r\nHost: a\r\n\r\n"
      "POST /d HTTP/1.1\r\nHost: a\r\nContent-Length: 40000\r\n\r\n" +
      large + "POST /e HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n9c40\r\n" + large +
      "\r\n0\r\n\r\nGET /f HTTP/1.1\r\n\r\n";
  const std::vector<std::string> expected{"/a:abc", "/b:hi!", "/c:", "/d:" + large, "/e:" + large, "refused"};
  for (const std::size_t piece : {1U, 2U, 3U, 7U, 64U, 511U, 512U, 513U, 4096U, 16384U, 100'000U}) {
    EXPECT_EQ(bodies_of(bytes, piece), expected) << piece;
  }
}

TEST(HeadScan, finds_the_end_once_it_is_there)
{
  constexpr std::string_view head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  HeadScan scan;
  for (std::size_t size = 0; size < head.size(); ++size) {
    EXPECT_EQ(scan.look(head.substr(0, size)), HeadScan::State::incomplete);
  }
  EXPECT_EQ(scan.look(std::string{head} + "body"), HeadScan::State::complete);
  EXPECT_EQ(scan.size(), head.size());
}

TEST(Networks, hold_addresses_of_both_families)
{
  const Networks networks{{"10.0.0.0/8", "192.0.2.7", "2001:db8::/33", "0.0.0.0/0"}, "x"};
  EXPECT_TRUE(networks.contains(*parse_address("10.255.0.1")));
  EXPECT_TRUE(networks.contains(*parse_address("::ffff:10.0.0.1")));
  EXPECT_TRUE(networks.contains(*parse_address("2001:db8:7fff::1")));
  EXPECT_FALSE(networks.contains(*parse_address("2001:db8:8000::1")));
  EXPECT_FALSE(parse_address("10.0.0.256"));
  EXPECT_FALSE(parse_address("010.0.0.1"));
  EXPECT_FALSE(parse_address(""));
}

Request asking(Method method, std::string_view path)
{
  Request request;
  request.method = method;
  request.path = path;
  return request;
}

Router three_routes()
{
  const auto none = [](const Request&) -> Answer { return no_content(); };
  Router router;
  router.add({.method = Method::get, .pattern = "/users/{id}", .handler = none});
  router.add({.method = Method::put, .pattern = "/users/{id}", .handler = none});
  router.add({.method = Method::get, .pattern = "/users/{id}/addresses/{aid}", .handler = none});
  router.add({.method = Method::get, .pattern = "/users/search", .handler = none});
  router.add({.method = Method::get, .pattern = "/", .handler = none});
  return router;
}

TEST(Router, prefers_the_literal_segment)
{
  const Router router = three_routes();
  Request request = asking(Method::get, "/users/search");
  EXPECT_EQ((*router.match(request))->pattern, "/users/search");
  EXPECT_EQ(router.allowed("/users/search"), "GET, HEAD, OPTIONS");
}

TEST(Router, fills_the_parameters)
{
  const Router router = three_routes();
  Request request = asking(Method::head, "/users/7/addresses/9");
  ASSERT_TRUE(router.match(request));
  EXPECT_EQ(request.number("id"), 7);
  EXPECT_EQ(request.number("aid"), 9);
  EXPECT_EQ(request.param("none"), "");
}

TEST(Router, tells_no_path_from_no_method)
{
  const Router router = three_routes();
  Request nowhere = asking(Method::get, "/users");
  EXPECT_EQ(router.match(nowhere).error().code(), "route_not_found");
  Request no_method = asking(Method::del, "/users/7");
  EXPECT_EQ(router.match(no_method).error().code(), "method_not_allowed");
  EXPECT_EQ(router.allowed("/users/7"), "GET, HEAD, OPTIONS, PUT");
  EXPECT_EQ(router.allowed("/users"), "");
  Request too_deep = asking(Method::get, "/1/2/3/4/5/6/7/8/9");
  EXPECT_EQ(router.match(too_deep).error().code(), "route_not_found");
}

TEST(Request, reads_a_query_parameter)
{
  Request request;
  request.query = "a=1&b=x%20y+z&c&%64=%C3%A9&e=%zz&f=%ff&g=1&g=2&h=%4";
  EXPECT_EQ(**request.query_value("a"), "1");
  EXPECT_EQ(**request.query_value("b"), "x y z");
  EXPECT_EQ(**request.query_value("c"), "");
  EXPECT_EQ(**request.query_value("d"), "\xc3\xa9");
  EXPECT_FALSE(*request.query_value("none"));
  for (const std::string_view wrong : {"e", "f", "g", "h"}) {
    EXPECT_EQ(request.query_value(wrong).error().code(), "fields_invalid") << wrong;
  }
}

TEST(RequestIds, are_never_the_same)
{
  RequestIds one;
  RequestIds other;
  std::set<std::string> seen;
  std::array<char, RequestIds::size> text{};
  for (int i = 0; i < 1000; ++i) {
    seen.emplace(one.next(text));
    seen.emplace(other.next(text));
  }
  EXPECT_EQ(seen.size(), 2000U);
}

std::string composed(const Response& response, const Envelope& envelope)
{
  std::string out(head_bytes_bound(response, envelope), '\0');
  out.resize(compose_head(response, envelope, out));
  return out;
}

TEST(ComposeHead, never_sends_a_value_with_a_line_break)
{
  const Response response{
      .location = "/x\r\nSet-Cookie: a",
      .headers = {{.name = "Link", .value = "a\nb"}, {.name = "X-A", .value = "ok"}}
  };
  const std::string head = composed(response, {.date = "Date: now\r\n", .request_id = "r"});
  EXPECT_THAT(head, Not(HasSubstr("Set-Cookie")));
  EXPECT_THAT(head, Not(HasSubstr("Link")));
  EXPECT_THAT(head, HasSubstr("X-A: ok\r\n"));
}

TEST(ComposeHead, lets_a_page_bring_its_own_content_policy)
{
  const Response page{
      .content_type = "text/html",
      .headers = {{.name = "Content-Security-Policy", .value = "style-src 'self'"}}
  };
  const std::string head = composed(page, {.date = "", .request_id = "r"});
  EXPECT_THAT(head, HasSubstr("Content-Type: text/html; charset=utf-8\r\n"));
  EXPECT_THAT(head, HasSubstr("Content-Security-Policy: style-src 'self'\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("default-src")));
}

TEST(DateLine, is_written_as_rfc_9110_wants)
{
  DateLine line;
  EXPECT_EQ(line.at(784111777), "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
}

}  // namespace
}  // namespace usher::http
