#include "http/client_gate.hpp"

#include "http/raw_client_test.hpp"

#include <gmock/gmock.h>

#include <array>

namespace usher::http {
namespace {

using ::testing::HasSubstr;

// orders:s3cret, with scope "ask", is the one credential that the test server knows. In base64:
constexpr std::string_view good = "Basic b3JkZXJzOnMzY3JldA==";

struct Case {
  std::string_view why;
  std::string_view authorization;  ///< empty: none is sent
  std::string_view form;
  int status;
  std::string_view says;  ///< found in the body
};

RawAnswer post_to(int port, std::string_view path, const Case& one, std::string_view type)
{
  std::string bytes =
      "POST " + std::string{path} + " HTTP/1.1\r\nHost: a\r\nContent-Type: " + std::string{type};
  if (!one.authorization.empty()) {
    bytes += "\r\nAuthorization: " + std::string{one.authorization};
  }
  bytes += "\r\nContent-Length: " + std::to_string(one.form.size()) + "\r\n\r\n" + std::string{one.form};
  return ask(port, bytes);
}

struct ClientGate : ::testing::Test {
  TestServer server{};

  RawAnswer post(const Case& one, std::string_view type = form_type)
  {
    return post_to(server.port(), "/ask", one, type);
  }
  void expect(const Case& one)
  {
    const RawAnswer answer = post(one);
    EXPECT_EQ(answer.status, one.status) << one.why;
    EXPECT_THAT(answer.body, HasSubstr(one.says)) << one.why;
    EXPECT_EQ(answer.header("WWW-Authenticate"), one.status == 401 ? R"(Basic realm="usher")" : "")
        << one.why;
  }
};

TEST_F(ClientGate, takes_a_credential_in_either_of_two_ways)
{
  const std::array cases{
      Case{"Basic", good, "", 200, R"("client":"orders")"},
      Case{"scheme in any case", "bAsIc b3JkZXJzOnMzY3JldA==", "", 200, "orders"},
      Case{"form-encoded within (RFC 6749 2.3.1)", "Basic JTZmcmRlcnM6czNjcmV0", "", 200, "orders"},
      Case{"in the form", "", "client_id=orders&client_secret=s3cret", 200, "orders"},
      Case{"encoded in the form", "", "client%5Fid=%6frders&client_secret=s3c%72et", 200, "orders"},
      Case{"Basic, and the same client_id in the form", good, "client_id=orders", 200, "orders"},
      Case{"Basic, and an empty secret in the form", good, "client_secret=", 200, "orders"},
  };
  for (const Case& one : cases) {
    expect(one);
  }
}

TEST_F(ClientGate, answers_everything_that_is_no_credential_alike)
{
  const std::array cases{
      Case{"nothing", "", "", 401, "invalid_client"},
      Case{"an unknown name", "Basic bm9ib2R5OnMzY3JldA==", "", 401, "invalid_client"},
      Case{"a wrong secret", "Basic b3JkZXJzOndyb25n", "", 401, "invalid_client"},
      Case{"a wrong secret in the form", "", "client_id=orders&client_secret=x", 401, "invalid_client"},
      Case{"only a name", "", "client_id=orders", 401, "invalid_client"},
      Case{"only a secret", "", "client_secret=s3cret", 401, "invalid_client"},
      Case{"another scheme", "Bearer b3JkZXJzOnMzY3JldA==", "", 401, "invalid_client"},
      Case{"no padding", "Basic b3JkZXJzOnMzY3JldA", "", 401, "invalid_client"},
      Case{"not base64", "Basic orders:s3cret", "", 401, "invalid_client"},
      Case{"two spaces", "Basic  b3JkZXJzOnMzY3JldA==", "", 401, "invalid_client"},
      Case{"no colon", "Basic b3JkZXJz", "", 401, "invalid_client"},
      Case{"a broken escape", "Basic b3JkZXJzOiV6eg==", "", 401, "invalid_client"},
      Case{"no text at all", "Basic", "", 401, "invalid_client"},
  };
  for (const Case& one : cases) {
    expect(one);
  }
}

TEST_F(ClientGate, refuses_two_ways_at_once_and_forms_that_are_none)
{
  const std::array cases{
      Case{"both", good, "client_id=orders&client_secret=s3cret", 400, "invalid_request"},
      Case{"both, no id", good, "client_secret=s3cret", 400, "invalid_request"},
      Case{"another client_id", good, "client_id=other", 400, "invalid_request"},
      Case{"a parameter twice", good, "token=a&token=b", 400, "invalid_request"},
      Case{"a broken escape", good, "token=%zz", 400, "invalid_request"},
  };
  for (const Case& one : cases) {
    expect(one);
  }
}

TEST_F(ClientGate, wants_the_scope_of_the_route)
{
  const Case one{"", good, "", 403, "insufficient_scope"};
  const RawAnswer answer = post_to(server.port(), "/other-scope", one, form_type);
  EXPECT_EQ(answer.status, 403);
  EXPECT_THAT(answer.body, HasSubstr("insufficient_scope"));
}

TEST_F(ClientGate, reads_forms_only)
{
  for (const std::string_view type : {"application/json", "text/plain", "multipart/form-data"}) {
    const RawAnswer answer = post({"", good, "token=a", 415, ""}, type);
    EXPECT_EQ(answer.status, 415) << type;
    EXPECT_THAT(answer.body, HasSubstr("x-www-form-urlencoded")) << type;
  }
  EXPECT_EQ(
      post({"", good, "token=a", 200, ""}, "Application/X-WWW-Form-Urlencoded; charset=UTF-8").status, 200
  );
  EXPECT_EQ(
      post({"", good, "token=a", 200, ""}, "application/x-www-form-urlencoded; charset=latin1").status, 415
  );
}

TEST_F(ClientGate, takes_only_basic_where_the_route_reads_no_form)
{
  const std::string head = "GET /feed HTTP/1.1\r\nHost: a\r\n";
  EXPECT_EQ(ask(server.port(), head + "Authorization: " + std::string{good} + "\r\n\r\n").status, 200);
  const std::string form = "client_id=orders&client_secret=s3cret";
  EXPECT_EQ(
      ask(server.port(), head + "Content-Length: " + std::to_string(form.size()) + "\r\n\r\n" + form).status,
      401
  );
  EXPECT_EQ(ask(server.port(), "GET /feed?" + form + " HTTP/1.1\r\nHost: a\r\n\r\n").status, 401);
}

TEST_F(ClientGate, speaks_as_oauth_has_it)
{
  const RawAnswer answer = post({"", "", "", 401, ""});
  EXPECT_EQ(answer.header("Content-Type"), "application/json; charset=utf-8");
  EXPECT_THAT(answer.body, HasSubstr(R"("error":"invalid_client","error_description":"Send the client_id)"));
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
}

}  // namespace
}  // namespace usher::http
