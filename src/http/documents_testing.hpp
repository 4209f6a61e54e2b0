#pragma once

#include "http/form.hpp"
#include "http/gate.hpp"
#include "http/refusals.hpp"
#include "http/route_notes.hpp"
#include "json/json.hpp"

#include <array>

// A small table of routes with one of everything, for the tests of the documents made from it.

namespace usher::http::sample {

struct Address {
  std::int64_t id{};
  std::string line;
};
struct User {
  std::int64_t id{};
  std::string name;
  std::vector<Address> addresses{};
  Instant created{};
};
struct Wish {
  std::string name;
  int age{};
  std::optional<std::optional<std::string>> label{};
  Secret password{};
};

inline constexpr std::array address_fields{
    json::field<&Address::id>("id", {}, "Number.", "9"),
    json::field<&Address::line>("line", {.min = 1, .max = 50}, "Line <one> & \"more\".", R"("12 MG Road")"),
};
inline const json::Shape<Address> address_shape{"Address", address_fields};
inline constexpr std::array user_fields{
    json::field<&User::id>("id", {}, "Number.", "7"),
    json::field<&User::name>("name", {.min = 1, .max = 30}, "Name.", R"("Ada")"),
    json::field<&User::addresses>("addresses", {}, "Addresses.", "", address_shape),
    json::field<&User::created>("created_at", {}, "When it was made.", R"("2026-01-31T12:00:00Z")"),
};
inline const json::Shape<User> user_shape{"User", user_fields, "A user."};
inline constexpr std::array wish_fields{
    json::field<&Wish::name>("name", {.min = 1, .max = 30}, "Name.", R"("Ada")"),
    json::field<&Wish::age>("age", {.min = 16, .max = 100}, "Age.", "36"),
    json::field<&Wish::label>("label", {.max = 9}, "Label."),
    json::field<&Wish::password>(
        "password", {.min = 8, .max = 256}, "Password.", R"("lantern drizzle orbit")"
    ),
};
inline const json::Shape<Wish> wish_shape{"Wish", wish_fields};

struct Question {
  std::string token;
  std::optional<std::string> client_id{};
};
inline constexpr std::array question_fields{
    json::field<&Question::token>("token", {}, "Which.", R"("ey")"),
    json::field<&Question::client_id>("client_id", {}, "Who asks.", R"("orders")"),
};
inline const json::Shape<Question> question_shape{"Question", question_fields};

inline constexpr Refusal user_not_found{
    Kind::not_found, "user_not_found", "No such user", "There is no such user."
};
inline constexpr Refusal etag_mismatch{
    Kind::precondition_failed, "etag_mismatch", "Changed since", "Read it again."
};
inline constexpr Refusal email_taken{Kind::conflict, "email_taken", "E-mail address taken", "Use another."};
inline constexpr Refusal too_often{Kind::too_many, "too_many_attempts", "Too many attempts", "Wait."};
inline constexpr Refusal token_expired{
    Kind::unauthenticated, "token_expired", "Token has expired", "Refresh it."
};
inline constexpr Refusal bad_credentials{
    Kind::unauthenticated, "bad_credentials", "Bad credentials", "Try another."
};
inline constexpr Refusal session_ended{
    Kind::unauthenticated, "session_ended", "Session ended", "Log in again."
};
inline constexpr Refusal token_malformed{
    Kind::unprocessable, "token_malformed", "Token malformed", "It is no token."
};

inline constexpr std::array<const Refusal*, 2> token_refusals{&token_expired, &token_malformed};
inline constexpr auto tags = std::to_array<Tag>({
    {.prefix = "/api/register", .name = "auth", .doc = "Logging in and out."},
    {.prefix = "/api/refresh", .name = "auth", .doc = "Logging in and out."},
    {.prefix = "/api/users", .name = "users", .doc = "Accounts."},
    {.prefix = "/api/introspect", .name = "users", .doc = "Accounts."},
});
inline const DocumentInfo info{.token_refusals = token_refusals, .tags = tags};

struct NoDeps {};

inline Answer answer(const NoDeps& /*deps*/, const Request& /*request*/)
{
  return ok("{}");
}

inline Router router()
{
  Router made;
  made.mount(
      NoDeps{},
      std::vector<Route<NoDeps>>{
          {.method = Method::post,
           .pattern = "/api/register",
           .guard = Guard::open,
           .handler = &answer,
           .operation = "post_register",
           .summary = "Make an account",
           .body = &wish_shape,
           .status = 201,
           .reply = &user_shape,
           .refusals = {&email_taken, &too_often}},
          {.method = Method::post,
           .pattern = "/api/refresh",
           .guard = Guard::refresh,
           .handler = &answer,
           .operation = "post_refresh",
           .summary = "Trade a refresh token",
           .reply = &user_shape},
          {.method = Method::get,
           .pattern = "/api/users",
           .guard = Guard::admin,
           .handler = &answer,
           .operation = "get_users",
           .summary = "A page of users",
           .reply = &user_shape,
           .query = {{.name = "limit", .doc = "How many.", .schema = R"({"type":"integer","maximum":100})"}}},
          {.method = Method::get,
           .pattern = "/api/users/{id}",
           .guard = Guard::self_or_admin,
           .handler = &answer,
           .operation = "get_user",
           .summary = "A user",
           .reply = &user_shape,
           .refusals = {&user_not_found}},
          {.method = Method::patch,
           .pattern = "/api/users/{id}",
           .guard = Guard::self_or_admin,
           .handler = &answer,
           .operation = "patch_user",
           .summary = "Change <some> of a user",
           .body = &wish_shape,
           .reply = &user_shape,
           .refusals = {&user_not_found, &etag_mismatch},
           .body_type = "application/merge-patch+json"},
          {.method = Method::del,
           .pattern = "/api/users/{id}",
           .guard = Guard::fresh_self_or_admin,
           .handler = &answer,
           .operation = "delete_user",
           .summary = "Delete a user",
           .status = 204,
           .refusals = {&user_not_found}},
          {.method = Method::get,
           .pattern = "/api/sessions/{sid}",
           .guard = Guard::optional,
           .handler = &answer,
           .operation = "get_session",
           .summary = "A session",
           .reply = &address_shape,
           .refusals = {&user_not_found}},
          {.method = Method::post,
           .pattern = "/api/introspect",
           .guard = Guard::client,
           .handler = &answer,
           .operation = "post_introspect",
           .summary = "Is this token good?",
           .body = &question_shape,
           .reply = &address_shape,
           .body_type = form_type,
           .scope = "introspect"},
          {.method = Method::get,
           .pattern = "/metrics",
           .guard = Guard::open,
           .handler = &answer,
           .operation = "get_metrics",
           .summary = "Figures",
           .reply_type = "text/plain"},
      }
  );
  return made;
}

}  // namespace usher::http::sample
