#include "features/revocations/routes.hpp"

#include "features/revocations/workbench_test.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gmock/gmock.h>

#include <optional>
#include <utility>

namespace usher::revocations {
namespace {

using namespace std::chrono_literals;
using http::Answer;
using ::testing::IsEmpty;

struct Asked {
  std::string_view query{};
  std::string_view accept_encoding{};
  std::string_view last_event_id{};
};

struct RevocationRoutes : Workbench {
  RevocationRoutes() { mount(router, {.feed = feed, .channel = channel}); }

  http::Request request_for(std::string_view path, const Asked& asked) const
  {
    return {
        .method = http::Method::get,
        .path = path,
        .query = asked.query,
        .accept_encoding = asked.accept_encoding,
        .last_event_id = asked.last_event_id,
    };
  }

  static Task<> into(std::optional<Answer>& answer, http::Reply reply)
  {
    Answer given = co_await std::move(reply);
    answer.emplace(std::move(given));
  }

  Answer ask(const Asked& asked = {})
  {
    http::Request request = request_for("/api/revocations", asked);
    const http::Router::Entry& entry = *router.match(request).value();
    std::optional<Answer> answer;
    boost::asio::co_spawn(
        loop, into(answer, std::get<http::Router::Waits>(entry.handler)(request)), boost::asio::detached
    );
    loop.restart();
    while (!answer) {
      loop.run_one();
    }
    return *std::move(answer);
  }

  Answer listen(const Asked& asked = {})
  {
    http::Request request = request_for("/api/revocations/stream", asked);
    return std::get<http::Router::AtOnce>(router.match(request).value()->handler)(request);
  }

  Said said(const Answer& answer) const { return Said{answer->content(), key}; }

  http::Router router;
};

TEST_F(RevocationRoutes, give_the_whole_set)
{
  const auto ended = end_sessions(2);
  raise_generation(7, 3);
  const Answer answer = ask();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->content_type, "application/jwt");
  EXPECT_EQ(answer->cache_control, "public, max-age=1");
  EXPECT_EQ(answer->headers.at(0).name, "Vary");
  EXPECT_EQ(answer->headers.at(0).value, "Accept-Encoding");
  EXPECT_EQ(said(answer).from(), 0);
  EXPECT_EQ(said(answer).seq(), 3);
  EXPECT_TRUE(said(answer).holds(ended[0]) && said(answer).holds(ended[1]));
}

TEST_F(RevocationRoutes, give_the_whole_set_before_anything_was_revoked)
{
  const Answer answer = ask();
  EXPECT_EQ(said(answer).from(), 0);
  EXPECT_EQ(said(answer).seq(), 0);
  EXPECT_EQ(said(ask({.query = "since=0"})).from(), 0);
}

TEST_F(RevocationRoutes, keep_bytes_and_tag_until_something_changes)
{
  end_sessions(1);
  const Answer first = ask();
  clock.advance(9s);
  EXPECT_EQ(ask()->etag, first->etag);
  EXPECT_EQ(ask()->content(), first->content());
  const auto ended = end_sessions(1);
  const Answer changed = ask();
  EXPECT_NE(changed->etag, first->etag);
  EXPECT_TRUE(said(changed).holds(ended[0]));
}

TEST_F(RevocationRoutes, say_the_same_anew_after_ten_seconds)
{
  end_sessions(1);
  const Answer first = ask();
  clock.advance(10s);
  const Answer again = ask();
  EXPECT_NE(again->etag, first->etag);
  EXPECT_EQ(said(again).iat(), 1'800'000'010);
}

TEST_F(RevocationRoutes, give_what_is_new)
{
  end_sessions(2);
  const auto ended = end_sessions(1);
  const Answer answer = ask({.query = "since=2"});
  EXPECT_EQ(said(answer).from(), 2);
  EXPECT_EQ(said(answer).seq(), 3);
  EXPECT_TRUE(said(answer).holds(ended[0]));
  EXPECT_EQ(said(ask({.query = "since=3"})).from(), 3);
  EXPECT_EQ(said(ask({.query = "since=4"})).from(), 0) << "not known";
}

TEST_F(RevocationRoutes, compress_where_that_is_wanted_and_worth_it)
{
  EXPECT_THAT(ask({.accept_encoding = "gzip"})->content_encoding, IsEmpty()) << "small";
  end_sessions(50);
  const Answer bare = ask();
  const Answer zipped = ask({.accept_encoding = "br, gzip"});
  EXPECT_THAT(bare->content_encoding, IsEmpty());
  EXPECT_EQ(zipped->content_encoding, "gzip");
  EXPECT_LT(zipped->content().size(), bare->content().size());
  EXPECT_EQ(zipped->etag, bare->etag.substr(0, bare->etag.size() - 1) + "-gzip\"");
  EXPECT_EQ(ask({.query = "since=1", .accept_encoding = "gzip"})->content_encoding, "gzip");
}

TEST_F(RevocationRoutes, refuse_what_is_no_number)
{
  for (const std::string_view wrong :
       {"", "-1", "+1", "1.0", "0x1", "x", "1+1", "9223372036854775808", "%201", "1%00"}) {
    const std::string query = "since=" + std::string{wrong};
    for (const Answer& answer : {ask({.query = query}), listen({.query = query})}) {
      ASSERT_FALSE(answer) << wrong;
      EXPECT_EQ(answer.error().code(), "fields_invalid");
      EXPECT_EQ(answer.error().fields.at(0).field, "since");
    }
  }
  const Answer answer = listen({.last_event_id = "812; DROP"});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().fields.at(0).field, "Last-Event-ID");
  EXPECT_FALSE(ask({.query = "since=1&since=2"}));
  EXPECT_EQ(feed.seats().taken(), 0U);
}

TEST_F(RevocationRoutes, open_a_stream)
{
  end_sessions(2);
  const Answer answer = listen();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->content_type, "text/event-stream");
  EXPECT_EQ(answer->cache_control, "no-store");
  EXPECT_TRUE(answer->stream);
  EXPECT_EQ(statements_in(answer->body, key).at(0).from(), 2);
}

TEST_F(RevocationRoutes, take_a_listeners_own_word_for_where_it_stands)
{
  end_sessions(3);
  EXPECT_EQ(statements_in(listen({.query = "since=1"})->body, key).at(0).from(), 1);
  EXPECT_EQ(statements_in(listen({.query = "since=1", .last_event_id = "2"})->body, key).at(0).from(), 2);
}

TEST_F(RevocationRoutes, refuse_one_listener_too_many)
{
  std::vector<Answer> places;
  for (int i = 0; i < 3; ++i) {
    places.push_back(listen());
    EXPECT_TRUE(places.back());
  }
  const Answer refused = listen();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), "too_many_listeners");
  places.clear();
  EXPECT_TRUE(listen());
}

}  // namespace
}  // namespace usher::revocations
