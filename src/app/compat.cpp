#include "app/compat.hpp"

#include "base/refusals.hpp"
#include "features/accounts/listing.hpp"
#include "features/accounts/wire.hpp"
#include "features/addresses/store.hpp"
#include "features/addresses/wire.hpp"
#include "features/auth/service.hpp"
#include "features/auth/wire.hpp"
#include "features/sessions/store.hpp"
#include "features/users/rules.hpp"
#include "features/users/store.hpp"
#include "http/problem.hpp"
#include "json/json.hpp"
#include "text/email.hpp"
#include "tokens/refusals.hpp"

#include <algorithm>
#include <array>

namespace usher::app {
namespace {

using http::Method;
using http::Reply;
using http::Request;
using http::Response;
using http::Router;

constexpr Refusal email_taken_here{
    Kind::invalid, "email_taken", "E-mail address taken", "Another user has this e-mail address."
};
constexpr std::string_view users_path = "/api/users";

/// Callers are not looked up: what the token says counts until it expires, or its session was ended. That is
/// asked of the database each time, so that a restart brings nobody back.
class TrustingAuthenticator final : public http::Authenticator {
 public:
  TrustingAuthenticator(tokens::Mint& mint, db::Door& door, const Clock& clock)
      : mint_{mint}, door_{door}, clock_{clock}
  {
  }

  Result<Caller> authenticate(std::string_view token, http::TokenUse use) override
  {
    if (use == http::TokenUse::refresh) {
      USHER_TRY(const tokens::RefreshClaims claims, mint_.verify_refresh(token));
      return Caller{
          .user = claims.subject,
          .session = claims.session,
          .generation = claims.generation,
          .counter = claims.counter
      };
    }
    USHER_TRY(const tokens::Mint::Verified verified, mint_.verify_access(token));
    const tokens::AccessClaims& claims = *verified.claims;
    const auto session = door_.read([&](db::Tx& tx) { return sessions::find(tx, claims.session); });
    if (session && session->ended) {
      return refuse(token_revoked);
    }
    return Caller{
        .user = claims.subject,
        .session = claims.session,
        .generation = claims.generation,
        .admin = claims.admin,
        .fresh = claims.fresh(clock_.now()),
        .auth_time = claims.auth_time,
        .amr = claims.amr
    };
  }

 private:
  tokens::Mint& mint_;
  db::Door& door_;
  const Clock& clock_;
};

/// Nobody makes administrators of others, or of a second self, but an administrator. What is no such body is
/// refused by the handler.
Result<Done> check_role(const Request& request)
{
  if (request.method != Method::post || request.caller.admin) {
    return Done{};
  }
  const auto input = json::draft(request.body, accounts::new_user_shape);
  const bool plain = !input || input->value.role.value_or("USER") == users::name_of(users::Role::user);
  return plain ? Result<Done>{Done{}} : refuse(admin_only);
}

/// The same request on behalf of the command line, who may do everything.
Reply as_shell(const Router::Waits& inner, const Request& request)
{
  USHER_CO_CHECK(check_role(request));
  Request raised = request;
  raised.caller = shell_caller();
  http::Answer answer = co_await inner(raised);
  co_return answer;
}

Router::Waits raised(Router::Waits inner)
{
  return [inner = std::move(inner)](const Request& request) { return as_shell(inner, request); };
}

Router::AtOnce raised(Router::AtOnce inner)
{
  return [inner = std::move(inner)](const Request& request) -> http::Answer {
    USHER_CHECK(check_role(request));
    Request changed = request;
    changed.caller = shell_caller();
    return inner(changed);
  };
}

/// Day 7 knows no roles: whoever has an access token lists and adds users.
void open_users_to_all(const Router& router)
{
  for (const auto& entry : router.entries()) {
    if (entry->pattern != users_path || entry->guard != http::Guard::admin) {
      continue;
    }
    entry->guard = http::Guard::access;
    if (auto* const waits = std::get_if<Router::Waits>(&entry->handler)) {
      entry->handler = raised(std::move(*waits));
    } else {
      entry->handler = raised(std::get<Router::AtOnce>(std::move(entry->handler)));
    }
  }
}

Response flask_response(const FlaskMessage& message)
{
  json::Writer out;
  out.begin_object();
  out.key("msg");
  out.text(message.text);
  out.end_object();
  Response response{.status = message.status, .body = std::move(out).take()};
  if (message.status == 401) {
    response.headers.push_back({.name = "WWW-Authenticate", .value = R"(Bearer realm="usher")"});
  }
  return response;
}

/// 400 with the course's words first and our own members beside them.
Response unknown_email(const std::string& email, std::string_view request_id)
{
  const std::string words = "User with email [" + email + "] not found in DB";
  json::Writer out;
  out.begin_object();
  for (const auto& [key, value] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"type", "urn:usher:problem:user_unknown"},
           {"title", "User not found"},
           {"detail", words},
           {"error", "user_unknown"},
           {"message", words},
           {"errors", words}
       }) {
    out.key(key);
    out.text(value);
  }
  out.key("instance");
  out.text("urn:request:" + std::string{request_id});
  for (const std::string_view key : {"status", "code"}) {
    out.key(key);
    out.integer(400);
  }
  out.end_object();
  return {.status = 400, .content_type = "application/problem+json", .body = std::move(out).take()};
}

/// The address in a login's body when nobody has it.
std::optional<std::string> email_of_nobody(db::Door& door, std::string_view body)
{
  const auto login = json::draft(body, auth::login_request_shape);
  if (!login) {
    return std::nullopt;
  }
  const auto key = text::email_key(login->value.email);
  const bool known =
      key && door.read([&](db::Tx& tx) { return users::find_by_email_key(tx, *key).has_value(); });
  return known ? std::nullopt : std::optional{login->value.email};
}

std::optional<Response> courses_refusal(db::Door& door, const Request& request, const Error& error)
{
  if (error.code() == auth::bad_credentials.code && request.path == "/api/auth") {
    const auto email = email_of_nobody(door, request.body);
    return email ? std::optional{unknown_email(*email, request.request_id)} : std::nullopt;
  }
  if (error.code() == users::email_taken.code) {
    return http::problem(refuse(email_taken_here), request.request_id);
  }
  const auto message = flask_message(request, error);
  return message ? std::optional{flask_response(*message)} : std::nullopt;
}

template <class T>
std::string bare_list(const std::vector<T>& members, const json::Shape<T>& shape)
{
  json::Writer out;
  out.begin_list();
  for (const T& member : members) {
    json::write(out, member, shape);
  }
  out.end_list();
  return std::move(out).take();
}

std::string all_users(db::Door& door)
{
  std::vector<accounts::Account> all;
  accounts::Listing wanted{.limit = accounts::page_size_max};
  for (bool more = true; more; more = wanted.from.has_value()) {
    auto page = door.read([&](db::Tx& tx) { return accounts::list_accounts(tx, wanted); });
    USHER_ASSERT(page.has_value());
    std::ranges::move(page->accounts, std::back_inserter(all));
    wanted.from = page->next;
  }
  return bare_list(all, accounts::user_shape);
}

/// A collection answers with all that is in it, as a list and nothing around it.
void courses_success(db::Door& door, const Request& request, Response& response)
{
  if (request.path == users_path && (request.method == Method::get || request.method == Method::post)) {
    response.body = all_users(door);
    response.etag.clear();
    return;
  }
  const bool addresses = request.path.starts_with(users_path) && request.path.ends_with("/addresses");
  if (addresses && (request.method == Method::get || request.method == Method::post)) {
    const users::UserId user{request.number("id").value_or(0)};
    const auto all = door.read([&](db::Tx& tx) { return addresses::of_user(tx, user); });
    response.body = bare_list(all, addresses::address_shape);
    response.etag.clear();
  }
}

}  // namespace

std::optional<FlaskMessage> flask_message(const Request& request, const Error& error)
{
  struct Line {
    const Refusal* refusal{nullptr};
    FlaskMessage message{};
  };
  static constexpr std::array lines{
      Line{&http::token_missing, {401, "Missing Authorization Header"}},
      Line{&tokens::token_expired, {401, "Token has expired"}},
      Line{&token_not_fresh, {401, "Fresh token required"}},
      Line{&token_revoked, {401, "Token has been revoked"}},
      Line{&auth::session_ended, {401, "Token has been revoked"}},
      Line{&auth::refresh_reused, {401, "Token has been revoked"}},
      Line{&auth::token_unknown, {401, "Token has been revoked"}},
      Line{&tokens::token_signature_invalid, {422, "Signature verification failed"}},
      Line{&tokens::token_not_yet_valid, {422, "The token is not yet valid (nbf)"}},
      Line{&tokens::token_claims_invalid, {422, "Invalid claims"}},
  };
  const std::string_view code = error.code();
  if (code == http::authorization_malformed.code) {
    // With another scheme Flask-JWT-Extended does not see a token at all; with Bearer it sees a bad header.
    return request.authorization.starts_with("Bearer")
               ? FlaskMessage{422, "Bad Authorization header. Expected 'Authorization: Bearer <JWT>'"}
               : FlaskMessage{
                     401,
                     "Missing 'Bearer' type in 'Authorization' header. Expected 'Authorization: Bearer <JWT>'"
                 };
  }
  if (code == tokens::token_wrong_type.code) {
    return request.path == "/api/refresh" ? FlaskMessage{422, "Only refresh tokens are allowed"}
                                          : FlaskMessage{422, "Only non-refresh tokens are allowed"};
  }
  if (code == tokens::token_malformed.code) {
    const bool three_parts = std::ranges::count(request.bearer, '.') >= 2;
    return FlaskMessage{422, three_parts ? "Invalid header string" : "Not enough segments"};
  }
  const auto* const found =
      std::ranges::find_if(lines, [&](const Line& line) { return line.refusal->code == code; });
  return found == lines.end() ? std::nullopt : std::optional{found->message};
}

passwords::Options compat_passwords(const config::Config& config, passwords::Options options)
{
  if (config.compat != config::Compat::off) {
    options.length_min = 1;
    options.strength_min = 0;
  }
  return options;
}

bool public_search(const config::Config& config)
{
  return config.accounts.public_search || config.compat != config::Compat::off;
}

void speak_the_courses_letter(http::Site& site, Services& services, Loop& loop)
{
  site.authenticator = std::make_unique<TrustingAuthenticator>(loop.mint, loop.door, services.clock);
  if (services.config.compat == config::Compat::day7) {
    open_users_to_all(site.router);
  }
  db::Door& door = loop.door;
  site.hooks = {
      .on_error = [&door](
                      const Request& request, const Error& error
                  ) { return courses_refusal(door, request, error); },
      .on_success =
          [&door](const Request& request, Response& response) { courses_success(door, request, response); },
  };
}

}  // namespace usher::app
