#include "features/setup/routes.hpp"

#include "audit/audit.hpp"
#include "crypto/random.hpp"
#include "features/addresses/store.hpp"
#include "features/sessions/store.hpp"
#include "features/setup/page.hpp"
#include "features/setup/service.hpp"
#include "features/setup/store.hpp"
#include "testing/database.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace usher::setup {
namespace {

using http::Answer;
using ::testing::HasSubstr;
using ::testing::Not;

struct SetupRoutes : ::testing::Test {
  ManualClock clock{Instant{std::chrono::seconds{1'800'000'000}}};
  testing::TestDatabase database{
      users::migrations(),
      addresses::migrations(),
      sessions::migrations(),
      audit::migrations(),
      setup::migrations(),
  };
  boost::asio::io_context loop{1};
  db::Door door{*database, loop.get_executor()};
  passwords::Gate gate{passwords::Options{.threads = 1}};
  http::Router router;

  void SetUp() override
  {
    crypto::start();
    mount(router, {.db = door, .passwords = gate, .clock = clock});
  }

  std::string new_token()
  {
    return testing::in(*database, [&](db::Tx& tx) { return make_setup_token(tx, clock.now()); }).value();
  }

  Answer get(std::string_view path)
  {
    http::Request request{.method = http::Method::get, .path = path};
    return std::get<http::Router::AtOnce>(router.match(request).value()->handler)(request);
  }

  Answer post(std::string_view body)
  {
    http::Request request{.method = http::Method::post, .path = "/api/setup", .body = body};
    http::Reply reply = std::get<http::Router::Waits>(router.match(request).value()->handler)(request);
    std::optional<Answer> answer;
    auto run = [&answer, reply = std::move(reply)]() mutable { return finish(answer, std::move(reply)); };
    boost::asio::co_spawn(loop, std::move(run), [](const std::exception_ptr& thrown) {
      EXPECT_EQ(thrown, nullptr);
    });
    loop.restart();
    loop.run();
    return *std::move(answer);
  }

  static Task<> finish(std::optional<Answer>& answer, http::Reply reply)
  {
    answer = co_await std::move(reply);
  }

  static std::string body_with(std::string_view token, std::string_view password = "correct horse battery")
  {
    return R"({"token":")" + std::string{token} +
           R"(","name":"Root","email":"root@example.org","age":40,"password":")" + std::string{password} +
           R"("})";
  }
};

TEST_F(SetupRoutes, make_the_first_administrator)
{
  const Answer answer = post(body_with(new_token()));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 201);
  EXPECT_THAT(answer->body, HasSubstr(R"("role":"ADMIN")"));
  EXPECT_THAT(answer->body, Not(HasSubstr("argon2")));
  EXPECT_THAT(answer->location, HasSubstr("/api/users/"));
}

TEST_F(SetupRoutes, hash_nothing_for_a_wrong_link)
{
  new_token();
  const Answer answer = post(body_with("AAAAAAAAAAAAAAAAAAAAAA"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), "setup_link_invalid");
  EXPECT_EQ(gate.hashed(), 0U);
}

TEST_F(SetupRoutes, are_closed_once_there_is_an_administrator)
{
  const std::string token = new_token();
  ASSERT_TRUE(post(body_with(token)));
  const Answer answer = post(body_with(token));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), "setup_closed");
}

TEST_F(SetupRoutes, name_every_wrong_field_at_once)
{
  const Answer answer = post(
      R"({"token":")" + new_token() + R"(","name":"","email":"no address","age":15,"password":"password"})"
  );
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), "fields_invalid");
  EXPECT_EQ(answer.error().fields.size(), 4U);
}

TEST_F(SetupRoutes, tell_nothing_else_to_whoever_has_no_link)
{
  new_token();
  const auto code_of = [&](std::string_view body) { return std::string{post(body).error().code()}; };
  const std::string wrong = R"({"token":"x","name":"","email":"no address","age":15,"password":"password"})";
  EXPECT_EQ(code_of(wrong), "setup_link_invalid");
  EXPECT_EQ(code_of(R"({"name":""})"), "fields_invalid");
  ASSERT_TRUE(post(body_with(new_token())));
  EXPECT_EQ(code_of(wrong), "setup_closed");
  EXPECT_EQ(code_of("nonsense"), "setup_closed");
}

TEST_F(SetupRoutes, serve_a_page_that_runs_only_its_own_script)
{
  const Answer page = get("/setup");
  ASSERT_TRUE(page);
  EXPECT_THAT(page->content_type, HasSubstr("text/html"));
  EXPECT_THAT(page->body, HasSubstr(R"(src="/setup/app.js")"));
  EXPECT_THAT(page->body, Not(HasSubstr("<script>")));
  EXPECT_THAT(page->body, Not(HasSubstr("style=")));
  ASSERT_EQ(page->headers.size(), 1U);
  EXPECT_EQ(page->headers[0].value, page_policy);
  EXPECT_THAT(get("/setup/app.js")->content_type, HasSubstr("text/javascript"));
  EXPECT_THAT(get("/setup/style.css")->content_type, HasSubstr("text/css"));
}

TEST_F(SetupRoutes, label_every_input_of_the_page)
{
  const std::string page = get("/setup")->body;
  for (const std::string_view id : {"name", "email", "age", "password", "show"}) {
    EXPECT_THAT(page, HasSubstr("<label for=\"" + std::string{id} + "\">"));
    EXPECT_THAT(page, HasSubstr("<input id=\"" + std::string{id} + "\""));
  }
}

}  // namespace
}  // namespace usher::setup
