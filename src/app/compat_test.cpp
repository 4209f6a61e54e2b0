#include "app/compat.hpp"

#include "app/testing.hpp"
#include "base/refusals.hpp"
#include "features/accounts/service.hpp"
#include "features/auth/service.hpp"
#include "features/sessions/store.hpp"
#include "features/users/store.hpp"
#include "tokens/refusals.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <gmock/gmock.h>

#include <algorithm>

namespace usher::app {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

config::Config speaking(config::Compat compat)
{
  config::Config settings;
  settings.compat = compat;
  return settings;
}

class Letter : public ::testing::Test {
 protected:
  explicit Letter(config::Compat compat = config::Compat::day14) : house{speaking(compat)}, site{house.site()}
  {
  }

  http::Response refused(const http::Request& request, const Refusal& refusal)
  {
    return site.hooks.on_error(request, refuse(refusal)).value_or(http::Response{.status = 0});
  }

  void add_user(std::string email)
  {
    const users::NewUser wanted{.profile = {.name = "Ada", .email = std::move(email), .age = 36}};
    ASSERT_TRUE(house.services.database->write_now([&](db::Tx& tx) {
      return accounts::create_user(tx, {.caller = shell_caller()}, wanted);
    }));
  }

  House house;
  http::Site& site;
};

class DaySeven : public Letter {
 protected:
  DaySeven() : Letter{config::Compat::day7} {}
};

http::Guard guard_of(const http::Site& site, http::Method method, std::string_view pattern)
{
  for (const auto& entry : site.router.entries()) {
    if (entry->method == method && entry->pattern == pattern) {
      return entry->guard;
    }
  }
  return http::Guard::open;
}

TEST_F(Letter, tells_that_nobody_has_an_address)
{
  const http::Response response = refused(
      {.method = http::Method::post,
       .path = "/api/auth",
       .body = R"({"email":"no\"body@example.org","password":"x"})",
       .request_id = "r1"},
      auth::bad_credentials
  );
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(
      response.body, HasSubstr(R"("message":"User with email [no\"body@example.org] not found in DB")")
  );
  EXPECT_THAT(response.body, HasSubstr(R"("code":400)"));
}

TEST_F(Letter, keeps_our_answer_to_a_wrong_password)
{
  add_user("ada@example.org");
  const http::Request request{
      .method = http::Method::post,
      .path = "/api/auth",
      .body = R"({"email":"ADA@example.org","password":"x"})"
  };
  EXPECT_EQ(refused(request, auth::bad_credentials).status, 0);
}

TEST_F(Letter, answers_duplicates_with_400)
{
  const http::Response response = refused({.path = "/api/users"}, users::email_taken);
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr(R"("error":"email_taken")"));
}

TEST_F(Letter, speaks_of_tokens_as_flask_does)
{
  struct Case {
    const Refusal* refusal;
    int status;
    std::string_view body;
    std::string_view path{"/api/users/7"};
    std::string_view authorization{};
    std::string_view bearer{};
  };
  for (const Case& c : {
           Case{&http::token_missing, 401, R"({"msg":"Missing Authorization Header"})"},
           Case{&tokens::token_expired, 401, R"({"msg":"Token has expired"})"},
           Case{&token_not_fresh, 401, R"({"msg":"Fresh token required"})"},
           Case{&token_revoked, 401, R"({"msg":"Token has been revoked"})"},
           Case{&auth::session_ended, 401, R"({"msg":"Token has been revoked"})"},
           Case{&auth::refresh_reused, 401, R"({"msg":"Token has been revoked"})"},
           Case{&auth::token_unknown, 401, R"({"msg":"Token has been revoked"})"},
           Case{&tokens::token_signature_invalid, 422, R"({"msg":"Signature verification failed"})"},
           Case{&tokens::token_wrong_type, 422, R"({"msg":"Only non-refresh tokens are allowed"})"},
           Case{
               &tokens::token_wrong_type, 422, R"({"msg":"Only refresh tokens are allowed"})", "/api/refresh"
           },
           Case{&tokens::token_malformed, 422, R"({"msg":"Not enough segments"})", "/api/x", "Bearer a", "a"},
           Case{
               &tokens::token_malformed,
               422,
               R"({"msg":"Invalid header string"})",
               "/api/x",
               "Bearer a.b.c",
               "a.b.c"
           },
           Case{
               &http::authorization_malformed,
               422,
               R"({"msg":"Bad Authorization header. )",
               "/api/x",
               "Bearer a b"
           },
           Case{
               &http::authorization_malformed,
               401,
               R"({"msg":"Missing 'Bearer' type in )",
               "/api/x",
               "Basic a"
           },
       }) {
    const http::Response response =
        refused({.path = c.path, .authorization = c.authorization, .bearer = c.bearer}, *c.refusal);
    EXPECT_EQ(response.status, c.status) << c.body;
    EXPECT_THAT(response.body, StartsWith(c.body));
  }
}

TEST_F(Letter, leaves_every_other_refusal_alone)
{
  EXPECT_EQ(refused({.path = "/api/users/7"}, users::user_not_found).status, 0);
  EXPECT_EQ(refused({.path = "/api/users/7"}, admin_only).status, 0);
}

TEST_F(Letter, answers_a_collection_with_a_bare_list)
{
  add_user("ada@example.org");
  add_user("bob@example.org");
  http::Response response = http::created("{}", "/api/users/2");
  site.hooks.on_success({.method = http::Method::post, .path = "/api/users"}, response);
  EXPECT_EQ(response.status, 201);
  EXPECT_THAT(response.body, StartsWith(R"([{"id":1,)"));
  EXPECT_THAT(response.body, HasSubstr("bob@example.org"));
}

TEST_F(Letter, answers_with_a_users_addresses)
{
  add_user("ada@example.org");
  http::Request request{.method = http::Method::post, .path = "/api/users/1/addresses"};
  request.params[0] = {.name = "id", .value = "1"};
  http::Response response = http::created("{}", "");
  site.hooks.on_success(request, response);
  EXPECT_EQ(response.body, "[]");
}

TEST_F(Letter, keeps_roles_on_day_14)
{
  EXPECT_EQ(guard_of(site, http::Method::get, "/api/users"), http::Guard::admin);
}

TEST_F(DaySeven, knows_no_roles_where_users_are_listed_and_added)
{
  EXPECT_EQ(guard_of(site, http::Method::get, "/api/users"), http::Guard::access);
  EXPECT_EQ(guard_of(site, http::Method::post, "/api/users"), http::Guard::access);
  EXPECT_EQ(guard_of(site, http::Method::del, "/api/users/{id}/sessions"), http::Guard::admin);
}

TEST_F(DaySeven, lets_no_user_make_an_administrator)
{
  const auto stay = boost::asio::make_work_guard(house.context);  // while hashing and writing go on elsewhere
  const auto& entries = site.router.entries();
  const auto found = std::ranges::find_if(entries, [](const auto& entry) {
    return entry->pattern == "/api/users" && entry->method == http::Method::post;
  });
  ASSERT_NE(found, entries.end());
  const auto status_for = [&](const Caller& caller, std::string_view role) {
    const std::string body = R"({"name":"Eve","email":"eve@example.org","age":36,"password":"a","role":")" +
                             std::string{role} + "\"}";
    const http::Request request{
        .method = http::Method::post, .path = "/api/users", .body = body, .caller = caller
    };
    std::optional<http::Answer> answer;
    const auto ask = [&]() -> Task<> {
      answer = co_await std::get<http::Router::Waits>((*found)->handler)(request);
    };
    boost::asio::co_spawn(house.context.get_executor(), ask(), boost::asio::detached);
    while (!answer) {
      house.context.run_one();
    }
    return answer->has_value() ? std::string{"made"} : std::string{answer->error().code()};
  };
  EXPECT_EQ(status_for({.user = 7}, "ADMIN"), "admin_only");
  EXPECT_EQ(status_for({.user = 7}, "USER"), "made");
  EXPECT_EQ(status_for({.user = 1, .admin = true}, "ADMIN"), "email_taken");
}

TEST_F(Letter, refuses_the_tokens_of_a_session_that_ended_before_this_start)
{
  add_user("ada@example.org");
  const Instant now = house.services.clock.now();
  auth::Grant grant{
      .session =
          {.id = crypto::make_uuid7(),
           .user = users::UserId{1},
           .created = now,
           .refreshed = now,
           .idle_expires = now + std::chrono::hours{1},
           .expires = now + std::chrono::hours{1},
           .auth_time = now},
      .user = {.id = users::UserId{1}}
  };
  ASSERT_TRUE(house.services.database->write_now([&](db::Tx& tx) {
    sessions::insert(tx, grant.session);
    return Result<Done>{Done{}};
  }));
  Loop loop{house.services, house.context.get_executor()};
  const std::string token = loop.mint.sign(
      auth::access_claims(grant, auth::Freshness::fresh, house.services.auth_options.tokens, now)
  );
  EXPECT_TRUE(site.authenticator->authenticate(token, http::TokenUse::access));
  ASSERT_TRUE(house.services.database->write_now([&](db::Tx& tx) {
    return Result<bool>{sessions::end(tx, grant.session.id, sessions::EndReason::logout, now)};
  }));
  const auto afterwards = house.site().authenticator->authenticate(token, http::TokenUse::access);
  ASSERT_FALSE(afterwards);
  EXPECT_EQ(afterwards.error().code(), token_revoked.code);
}

TEST_F(Letter, lets_short_passwords_and_anybodys_search_through)
{
  const passwords::Options options = compat_passwords(house.config, {});
  EXPECT_EQ(options.length_min, 1U);
  EXPECT_EQ(options.strength_min, 0);
  EXPECT_TRUE(public_search(house.config));
}

TEST(WithoutCompat, nothing_is_hooked)
{
  House house;
  const http::Site& site = house.site();
  EXPECT_FALSE(site.hooks.on_error);
  EXPECT_FALSE(site.hooks.on_success);
  EXPECT_EQ(guard_of(site, http::Method::get, "/api/users"), http::Guard::admin);
  EXPECT_EQ(compat_passwords(house.config, {}).length_min, passwords::Options{}.length_min);
  EXPECT_FALSE(public_search(house.config));
}

}  // namespace
}  // namespace usher::app
