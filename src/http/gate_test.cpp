#include "http/gate.hpp"

#include "http/raw_client_test.hpp"
#include "http/refusals.hpp"

#include <gtest/gtest.h>

#include <array>

namespace usher::http {
namespace {

struct Case {
  std::string_view why;
  std::string_view request;        ///< method and target
  std::string_view authorization;  ///< empty: none is sent
  int status;
  std::string_view says;  ///< found in the body
};

class Gate : public ::testing::Test {
 protected:
  void expect(const Case& one)
  {
    std::string bytes = std::string{one.request} + " HTTP/1.1\r\nHost: a\r\n";
    if (!one.authorization.empty()) {
      bytes += "Authorization: " + std::string{one.authorization} + "\r\n";
    }
    const RawAnswer answer = ask(server_.port(), bytes + "\r\n");
    EXPECT_EQ(answer.status, one.status) << one.why;
    EXPECT_NE(answer.body.find(one.says), std::string::npos) << one.why << ": " << answer.body;
    EXPECT_EQ(answer.status == 401, answer.has("WWW-Authenticate") && answer.status == 401) << one.why;
  }

  TestServer server_{};
};

TEST_F(Gate, reads_authorization_to_the_letter)
{
  const std::string too_long = "Bearer " + std::string(8193, 'a');
  const std::array cases{
      Case{"good", "GET /users/7", "Bearer user7", 200, "\"caller\":7"},
      Case{"scheme in any case", "GET /users/7", "bEARER user7", 200, "\"caller\":7"},
      Case{"nothing sent", "GET /users/7", "", 401, "token_missing"},
      Case{"token in the query", "GET /users/7?access_token=user7", "", 401, "token_missing"},
      Case{"no token", "GET /users/7", "Bearer", 401, "authorization_malformed"},
      Case{"two spaces", "GET /users/7", "Bearer  user7", 401, "authorization_malformed"},
      Case{"a tab", "GET /users/7", "Bearer\tuser7", 401, "authorization_malformed"},
      Case{"two tokens", "GET /users/7", "Bearer user7 user7", 401, "authorization_malformed"},
      Case{"a list", "GET /users/7", "Bearer user7, Bearer x", 401, "authorization_malformed"},
      Case{"quotes", "GET /users/7", "Bearer \"user7\"", 401, "authorization_malformed"},
      Case{"another scheme", "GET /users/7", "Basic dTpw", 401, "authorization_malformed"},
      Case{"a longer scheme", "GET /users/7", "Bearerx user7", 401, "authorization_malformed"},
      Case{"no scheme", "GET /users/7", "user7", 401, "authorization_malformed"},
      Case{"non-ASCII", "GET /users/7", "Bearer us\xc3\xa9r7", 401, "authorization_malformed"},
      Case{"padding inside", "GET /users/7", "Bearer us=er7", 401, "authorization_malformed"},
      Case{"over 8 KiB", "GET /users/7", too_long, 401, "authorization_malformed"},
      Case{"unknown token", "GET /users/7", "Bearer other", 422, "token_invalid"},
      Case{"a prefix of a good one", "GET /users/7", "Bearer user", 422, "token_invalid"},
  };
  for (const Case& one : cases) {
    expect(one);
  }
}

TEST_F(Gate, holds_every_guard)
{
  const std::array cases{
      Case{"open looks at no token", "GET /plain", "Basic x", 200, "plain"},
      Case{"optional takes nobody", "GET /users/search", "", 200, "\"caller\":0"},
      Case{"optional takes somebody", "GET /users/search", "Bearer user7", 200, "\"caller\":7"},
      Case{"optional refuses a bad token", "GET /users/search", "Bearer bad", 422, "token_invalid"},
      Case{
          "optional refuses a malformed header",
          "GET /users/search",
          "Basic x",
          401,
          "authorization_malformed"
      },
      Case{"admin takes an administrator", "GET /admin", "Bearer admin1", 200, "\"caller\":1"},
      Case{"admin refuses a user", "GET /admin", "Bearer user7", 403, "admin_only"},
      Case{"refresh takes a refresh token", "POST /refresh", "Bearer refresh7", 200, "\"caller\":7"},
      Case{"refresh refuses an access token", "POST /refresh", "Bearer user7", 422, "token_invalid"},
      Case{"access refuses a refresh token", "GET /users/7", "Bearer refresh7", 422, "token_invalid"},
      Case{"self by number", "GET /users/7", "Bearer user7", 200, "\"id\":7"},
      Case{"self as me", "GET /users/me", "Bearer user7", 200, "\"id\":7"},
      Case{"administrator for others", "GET /users/7", "Bearer admin1", 200, "\"id\":7"},
      Case{"administrator as me", "GET /users/me", "Bearer admin1", 200, "\"id\":1"},
      Case{"fresh refuses a stale token", "PUT /users/7", "Bearer user7", 401, "token_not_fresh"},
      Case{"fresh takes a fresh one", "PUT /users/7", "Bearer fresh7", 200, "\"id\":7"},
      Case{"ownership before freshness", "PUT /users/8", "Bearer user7", 403, "not_yours"},
  };
  for (const Case& one : cases) {
    expect(one);
  }
}

TEST_F(Gate, answers_the_same_for_ids_that_exist_do_not_or_are_none)
{
  for (const std::string_view id : {"1", "8", "999999", "9223372036854775807"}) {
    const std::string request = "GET /users/" + std::string{id};
    expect({"other", request, "Bearer user7", 403, "not_yours"});
  }
  for (const std::string_view id :
       {"0", "-1", "07", "+7", "7.0", "7e0", "0x7", "9223372036854775808", "ME", "7,8"}) {
    const std::string request = "GET /users/" + std::string{id};
    expect({"no id", request, "Bearer user7", 403, "not_yours"});
  }
}

}  // namespace
}  // namespace usher::http
