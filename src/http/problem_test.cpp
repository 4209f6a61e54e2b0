#include "http/problem.hpp"

#include "http/client_gate.hpp"
#include "http/documents_testing.hpp"
#include "http/gate.hpp"
#include "http/refusals.hpp"
#include "json/document.hpp"

#include <gmock/gmock.h>

namespace usher::http {
namespace {

std::string header(const Response& response, std::string_view name)
{
  for (const Response::Header& found : response.headers) {
    if (found.name == name) {
      return found.value;
    }
  }
  return {};
}

std::string challenge(const Refusal& refusal)
{
  return header(problem(refuse(refusal), "r1"), "WWW-Authenticate");
}

TEST(Problem, has_the_members_of_RFC_9457_and_of_the_course)
{
  const Response answer = problem(refuse(token_not_fresh), "r-1");
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.content_type, "application/problem+json; charset=utf-8");
  EXPECT_EQ(answer.cache_control, "no-store");
  EXPECT_EQ(
      answer.body,
      R"({"type":"urn:usher:problem:token_not_fresh","title":"Fresh token required","status":401,)"
      R"("detail":"Log in again to do this.","instance":"urn:request:r-1","error":"token_not_fresh",)"
      R"("code":401,"message":"Fresh token required","errors":"Log in again to do this."})"
  );
}

TEST(Problem, says_it_as_OAuth_does_where_OAuth_has_a_word_for_it)
{
  const Response answer = problem(refuse(invalid_client), "r-1");
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_THAT(answer.body, ::testing::HasSubstr(R"("error":"invalid_client","error_description":"Send )"));
  EXPECT_EQ(challenge(invalid_client), R"(Basic realm="usher")");
  EXPECT_EQ(problem(refuse(insufficient_scope), "r").content_type, "application/json");
  EXPECT_EQ(challenge(insufficient_scope), "");
  EXPECT_EQ(problem(refuse(invalid_request), "r").status, 400);
}

TEST(Problem, lists_every_reason_under_its_field)
{
  const Error error = refuse_fields({{"age", "first"}, {"x\"\n", "odd"}, {"age", "second"}});
  EXPECT_THAT(
      problem(error, "r").body, ::testing::EndsWith(R"("errors":{"age":["first","second"],"x\"\n":["odd"]}})")
  );
}

TEST(Problem, is_strict_JSON_whatever_is_in_it)
{
  const Error error{
      .refusal = &fields_invalid, .detail = "a\"b\\\x01", .fields = {{"\x02\"", "</script>"}, {"", "\n"}}
  };
  EXPECT_TRUE(json::parse_object(problem(error, "id").body));
}

TEST(Problem, has_a_status_for_each_kind)
{
  struct Row {
    Kind kind;
    int status;
  };
  const Row rows[] = {
      {Kind::invalid, 400},
      {Kind::unauthenticated, 401},
      {Kind::forbidden, 403},
      {Kind::not_found, 404},
      {Kind::method_not_allowed, 405},
      {Kind::not_acceptable, 406},
      {Kind::conflict, 409},
      {Kind::precondition_failed, 412},
      {Kind::too_large, 413},
      {Kind::uri_too_long, 414},
      {Kind::unsupported_media, 415},
      {Kind::expectation_failed, 417},
      {Kind::unprocessable, 422},
      {Kind::too_many, 429},
      {Kind::headers_too_large, 431},
      {Kind::internal, 500},
      {Kind::not_implemented, 501},
      {Kind::unavailable, 503},
      {Kind::version_not_supported, 505},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(status_of(row.kind), row.status);
  }
}

TEST(Problem, challenges_as_RFC_6750_and_9470_say)
{
  struct Row {
    const Refusal* refusal;
    std::string_view says;  ///< after the realm
  };
  const Row rows[] = {
      {&token_missing, ""},
      {&sample::bad_credentials, ""},
      {&sample::token_expired, R"(, error="invalid_token", error_description="Refresh it.")"},
      {&sample::token_malformed, R"(, error="invalid_token", error_description="It is no token.")"},
      {&sample::session_ended, R"(, error="invalid_token", error_description="Log in again.")"},
      {&token_not_fresh,
       R"(, error="insufficient_user_authentication", error_description="Log in again to do this.", max_age="0")"
      },
  };
  for (const auto& [refusal, says] : rows) {
    EXPECT_EQ(challenge(*refusal), R"(Bearer realm="usher")" + std::string{says}) << refusal->code;
  }
  EXPECT_EQ(challenge(admin_only), "");
  EXPECT_EQ(challenge(media_type_unsupported), "");
}

TEST(Problem, keeps_a_challenge_in_one_piece)
{
  const Response answer = problem(refuse(sample::token_expired, "say \"x\"\r\nEvil: \\ \xC3\xA4"), "r");
  EXPECT_THAT(header(answer, "WWW-Authenticate"), ::testing::EndsWith(R"(error_description="say xEvil:  ")"));
  const Response malformed = problem(refuse(authorization_malformed), "r");
  EXPECT_THAT(header(malformed, "WWW-Authenticate"), ::testing::HasSubstr(R"(error="invalid_request")"));
}

TEST(Problem, always_says_how_long_to_wait)
{
  Error error = refuse(sample::too_often);
  EXPECT_EQ(header(problem(error, "r"), "Retry-After"), "1");
  error.retry_after = std::chrono::seconds{90};
  EXPECT_EQ(header(problem(error, "r"), "Retry-After"), "90");
  EXPECT_EQ(header(problem(refuse(server_busy), "r"), "Retry-After"), "1");
  EXPECT_EQ(header(problem(refuse(admin_only), "r"), "Retry-After"), "");
}

TEST(Message, is_one_member)
{
  EXPECT_EQ(message("Logged out.").body, R"({"message":"Logged out."})");
}

}  // namespace
}  // namespace usher::http
