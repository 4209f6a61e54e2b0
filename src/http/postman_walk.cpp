#include "http/postman.hpp"

#include <array>

namespace usher::http {
namespace {

/// The password must not hold what the address says, so each has a mark of its own.
constexpr std::string_view make_account =
    "const mark = () => Math.floor(Math.random() * 1e12).toString(36);\n"
    "store('email', `walker-${mark()}@example.com`);\n"
    "store('password', `lantern ${mark()} drizzle orbit`);";

constexpr std::string_view keep_tokens =
    "store('access_token', answer.access_token);\n"
    "store('refresh_token', answer.refresh_token);\n"
    "pm.test('is a bearer token', () => pm.expect(answer.token_type.toLowerCase()).to.eql('bearer'));";

constexpr std::string_view login_body = R"({"email":"{{email}}","password":"{{password}}"})";

constexpr auto steps = std::to_array<WalkStep>({
    {.name = "Register",
     .method = Method::post,
     .path = "/api/register",
     .body = R"({"name":"Walker","email":"{{email}}","age":36,"password":"{{password}}"})",
     .status = 201,
     .before = make_account,
     .after = "store('user_id', String(answer.id));\n"
              "pm.test('is a plain user', () => pm.expect(answer.role).to.eql('USER'));\n"
              "pm.test('says where it is', () => pm.response.to.have.header('Location'));"},
    {.name = "Log in", .method = Method::post, .path = "/api/auth", .body = login_body, .after = keep_tokens},
    {.name = "Who am I",
     .path = "/api/users/me",
     .token = "access_token",
     .after = "pm.test('it is me', () => pm.expect(String(answer.id)).to.eql(pm.variables.get('user_id')));"},
    {.name = "Add an address",
     .method = Method::post,
     .path = "/api/users/{{user_id}}/addresses",
     .token = "access_token",
     .body = R"({"address_line_1":"12 MG Road","city":"Bengaluru","state":"KA","pin":560001})",
     .status = 201,
     .after = "store('address_id', String(answer.id));"},
    {.name = "List my addresses", .path = "/api/users/{{user_id}}/addresses", .token = "access_token"},
    {.name = "List my sessions",
     .path = "/api/sessions",
     .token = "access_token",
     .after = "const [mine] = answer.sessions;\n"
              "store('session_id', mine.id);"},
    {.name = "Refresh",
     .method = Method::post,
     .path = "/api/refresh",
     .token = "refresh_token",
     .after = keep_tokens},
    {.name = "Delete me with a token that is not fresh: refused",
     .method = Method::del,
     .path = "/api/users/{{user_id}}",
     .token = "access_token",
     .status = 401,
     .after = "pm.test('says why', () => pm.expect(answer.error).to.eql('token_not_fresh'));\n"
              "pm.test('says what is wanted', () => pm.expect(pm.response.headers.get('WWW-Authenticate'))"
              ".to.include('insufficient_user_authentication'));"},
    {.name = "Get a fresh token",
     .method = Method::post,
     .path = "/api/auth/fresh",
     .token = "access_token",
     .body = R"({"password":"{{password}}"})",
     .after = "store('access_token', answer.access_token);"},
    {.name = "Change my profile",
     .method = Method::put,
     .path = "/api/users/{{user_id}}",
     .token = "access_token",
     .body = R"({"name":"Wanderer","email":"{{email}}","age":37})",
     .after = "pm.test('is changed', () => pm.expect(answer.name).to.eql('Wanderer'));"},
    {.name = "Log out", .method = Method::post, .path = "/api/logout", .token = "access_token"},
    {.name = "Use the token after logging out: refused",
     .path = "/api/users/me",
     .token = "access_token",
     .status = 401},
    {.name = "Log in again, for the requests that follow",
     .method = Method::post,
     .path = "/api/auth",
     .body = login_body,
     .after = keep_tokens},
});

}  // namespace

std::span<const WalkStep> default_walk()
{
  return steps;
}

}  // namespace usher::http
