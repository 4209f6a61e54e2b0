#include "features/gateway/routes.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <variant>

namespace usher::gateway {
namespace {

class CheckToken : public ::testing::Test {
 protected:
  CheckToken() { mount(router_, {.clock = clock_}); }

  /// Somebody who showed the password ten minutes ago and has refreshed since.
  static Caller somebody()
  {
    return {
        .user = 7,
        .session = *parse_uuid("019ab7d2-7f3c-7a01-8b12-0123456789ab"),
        .auth_time = from_epoch(1'000'000 - 600),
        .amr = "pwd",
    };
  }

  http::Answer ask(Caller caller, std::string_view query = "")
  {
    http::Request request{
        .method = http::Method::get, .path = "/api/auth/check", .query = query, .caller = std::move(caller)
    };
    USHER_TRY(const http::Router::Entry* entry, router_.match(request));
    return std::get<http::Router::AtOnce>(entry->handler)(request);
  }

  static std::string header(const http::Response& response, std::string_view name)
  {
    const auto found = std::ranges::find(response.headers, name, &http::Response::Header::name);
    return found == response.headers.end() ? "absent" : found->value;
  }

 private:
  ManualClock clock_{from_epoch(1'000'000)};
  http::Router router_{};
};

TEST_F(CheckToken, tells_the_proxy_who_it_is)
{
  const http::Answer answer = ask(somebody());
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 204);
  EXPECT_EQ(header(*answer, "X-Usher-User"), "7");
  EXPECT_EQ(header(*answer, "X-Usher-Role"), "USER");
  EXPECT_EQ(header(*answer, "X-Usher-Session"), "019ab7d2-7f3c-7a01-8b12-0123456789ab");
  EXPECT_EQ(header(*answer, "X-Usher-Fresh"), "false");
  EXPECT_EQ(header(*answer, "X-Usher-Auth-Time"), "999400");
  EXPECT_EQ(header(*answer, "X-Usher-Amr"), "pwd");
}

TEST_F(CheckToken, holds_the_token_against_what_the_proxy_demands)
{
  Caller admin = somebody();
  admin.admin = true;
  Caller fresh = somebody();
  fresh.fresh = true;
  struct Case {
    Caller caller;
    std::string_view query;
    std::string_view code;  ///< empty: let through
  };
  const Case cases[] = {
      {somebody(), "fresh=false", ""},
      {somebody(), "role=ADMIN", "admin_only"},
      {admin, "role=ADMIN", ""},
      {somebody(), "fresh=true", "token_not_fresh"},
      {fresh, "fresh=true", ""},
      {somebody(), "max_age=600", ""},
      {somebody(), "max_age=599", "authentication_too_old"},
      {fresh, "max_age=0", "authentication_too_old"},
  };
  for (const Case& one : cases) {
    const http::Answer answer = ask(one.caller, one.query);
    EXPECT_EQ(answer ? "" : answer.error().code(), one.code) << one.query;
  }
}

TEST_F(CheckToken, says_how_recent_a_login_would_do)
{
  const http::Answer answer = ask(somebody(), "max_age=300");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().max_age, std::chrono::seconds{300});
}

TEST_F(CheckToken, names_every_demand_it_does_not_understand)
{
  const http::Answer answer = ask(somebody(), "fresh=yes&role=admin&max_age=-1");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), "fields_invalid");
  EXPECT_EQ(answer.error().fields.size(), 3U);
  EXPECT_EQ(ask(somebody(), "roles=ADMIN&max-age=0&Fresh=true").error().fields.size(), 3U);
  for (const char* query :
       {"x",
        "fresh=true&",
        "role=USER",
        "role=ADMIN&role=ADMIN",
        "ro%6ce=ADMIN",
        "max_age=",
        "max_age=1.5",
        "max_age=315360001",
        "max_age=9223372036854775808"}) {
    EXPECT_FALSE(ask(somebody(), query)) << query;
  }
}

}  // namespace
}  // namespace usher::gateway
