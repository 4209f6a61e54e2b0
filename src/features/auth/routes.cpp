#include "features/auth/routes.hpp"

#include "features/auth/login.hpp"
#include "features/auth/service.hpp"
#include "features/auth/wire.hpp"
#include "features/users/wire.hpp"
#include "text/email.hpp"
#include "text/unicode.hpp"

#include <string>
#include <utility>

namespace usher::auth {
namespace {

using http::Answer;
using http::Guard;
using http::Method;
using http::Reply;
using http::Request;
using http::Response;

constexpr std::size_t account_bytes_max = 254;

/// What no address can be, under which guesses at something that is none are counted.
std::string account_of_nobody(std::string_view email)
{
  return "?" + text::cut(email, account_bytes_max);
}

metrics::Counter& counter(const Deps& deps, std::string_view labels)
{
  return deps.metrics.counter("usher_auth_total", "Logins, refreshes and logouts by outcome.", labels);
}

/// The dependencies with their counters found once.
struct Room : Deps {
  explicit Room(const Deps& deps) : Deps{deps} {}

  metrics::Counter& logins{counter(*this, R"(what="login",outcome="done")")};
  metrics::Counter& logins_refused{counter(*this, R"(what="login",outcome="refused")")};
  metrics::Counter& freshened{counter(*this, R"(what="fresh",outcome="done")")};
  metrics::Counter& rotated{counter(*this, R"(what="refresh",outcome="rotated")")};
  metrics::Counter& repeated{counter(*this, R"(what="refresh",outcome="repeated")")};
  metrics::Counter& reused{counter(*this, R"(what="refresh",outcome="reused")")};
  metrics::Counter& logouts{counter(*this, R"(what="logout",outcome="done")")};
};

std::int64_t seconds_left(const tokens::AccessClaims& claims)
{
  return (claims.expires - claims.issued).count();
}

Reply post_auth(const Room& deps, const Request& request)
{
  USHER_CO_TRY(LoginRequest wanted, parse_login(request.body));
  const std::optional<std::string> key = text::email_key(wanted.email);
  Guess guess{
      .account = key ? *key : account_of_nobody(wanted.email), .password = std::move(wanted.password)
  };
  if (key) {
    guess.claimed = deps.db.read([&](db::Tx& tx) { return users::find_by_email_key(tx, *key); });
  }
  const Origin origin = request.from();
  Result<Proof> proof = co_await prove(deps, guess, origin);
  if (!proof) {
    deps.logins_refused.add();
    co_return std::move(proof).error();
  }
  const Instant now = deps.clock.now();
  auto work = [&](db::Tx& tx) { return start_session(tx, *proof, origin, deps.options, now); };
  USHER_CO_TRY(const Grant grant, co_await deps.db.write(std::move(work)));
  deps.logins.add();
  const tokens::AccessClaims access = access_claims(grant, Freshness::fresh, deps.options.tokens, now);
  const LoginReply reply{
      .access_token = deps.mint.sign(access),
      .refresh_token = deps.mint.sign(refresh_claims(grant)),
      .expires_in = seconds_left(access),
      .user_id = grant.user.id,
  };
  co_return http::ok(json::text_of(reply, login_reply_shape));
}

/// Whose password it is was known before: there is no address to be wrong.
Error told_here(Error error)
{
  return error.refusal == &bad_credentials ? refuse(bad_credentials, "The password is wrong.")
                                           : std::move(error);
}

Reply post_auth_fresh(const Room& deps, const Request& request)
{
  USHER_CO_TRY(PasswordRequest wanted, parse_password(request.body));
  Guess guess{.password = std::move(wanted.password)};
  guess.claimed = deps.db.read([&](db::Tx& tx) {
    return users::find_credentials(tx, users::UserId{request.caller.user});
  });
  if (!guess.claimed) {
    co_return refuse(token_revoked);
  }
  // The same count as for logins: this door must not allow more guesses than that one.
  const std::string& email = guess.claimed->user.email;
  guess.account = text::email_key(email).value_or(account_of_nobody(email));
  const Origin origin = request.from();
  Result<Proof> proof = co_await prove(deps, guess, origin);
  if (!proof) {
    co_return told_here(std::move(proof).error());
  }
  const Instant now = deps.clock.now();
  auto work = [&](db::Tx& tx) { return authenticate_again(tx, request.caller, *proof, origin, now); };
  USHER_CO_TRY(const Grant grant, co_await deps.db.write(std::move(work)));
  deps.freshened.add();
  const tokens::AccessClaims access = access_claims(grant, Freshness::fresh, deps.options.tokens, now);
  const AccessReply reply{.access_token = deps.mint.sign(access), .expires_in = seconds_left(access)};
  co_return http::ok(json::text_of(reply, access_reply_shape));
}

Answer answer_refreshed(const Room& deps, const Refreshed& refreshed, Instant now)
{
  if (refreshed.how == Refreshed::How::stolen) {
    deps.reused.add();
    return refuse(refresh_reused);
  }
  (refreshed.how == Refreshed::How::rotated ? deps.rotated : deps.repeated).add();
  const tokens::AccessClaims access =
      access_claims(*refreshed.grant, Freshness::not_fresh, deps.options.tokens, now);
  const RefreshReply reply{
      .access_token = deps.mint.sign(access),
      .refresh_token = deps.mint.sign(refresh_claims(*refreshed.grant)),
      .expires_in = seconds_left(access),
  };
  return http::ok(json::text_of(reply, refresh_reply_shape));
}

/// Where a session is refreshed, its account is at home: a flood of guesses from elsewhere spares that place
/// also when this process began after the login.
void remember_home(const Room& deps, const Refreshed& refreshed, const Origin& origin)
{
  if (refreshed.how != Refreshed::How::rotated || !refreshed.grant) {
    return;
  }
  if (const auto key = text::email_key(refreshed.grant->user.email)) {
    deps.guessing.remember(*key, origin.address);
  }
}

Reply post_refresh(const Room& deps, const Request& request)
{
  const Instant now = deps.clock.now();
  auto peek = [&](db::Tx& tx) { return peek_refresh(tx, request.caller, deps.options, now); };
  USHER_CO_TRY(std::optional<Refreshed> refreshed, deps.db.read(std::move(peek)));
  if (!refreshed) {
    const Origin origin = request.from();
    auto work = [&](db::Tx& tx) { return refresh(tx, request.caller, origin, deps.options, now); };
    USHER_CO_TRY(refreshed, co_await deps.db.write(std::move(work)));
    remember_home(deps, *refreshed, origin);
  }
  co_return answer_refreshed(deps, *refreshed, now);
}

Reply post_logout(const Room& deps, const Request& request)
{
  const Origin origin = request.from();
  auto work = [&](db::Tx& tx) { return log_out(tx, request.caller, origin, deps.clock.now()); };
  USHER_CO_CHECK(co_await deps.db.write(std::move(work)));
  deps.logouts.add();
  co_return http::message("Logged out.");
}

Answer get_sessions(const Room& deps, const Request& request)
{
  const auto listed = deps.db.read([&](db::Tx& tx) {
    return list_sessions(tx, users::UserId{request.caller.user}, deps.clock.now());
  });
  return http::ok(to_json(listed, request.caller.session));
}

/// "true" or "false"; absent is false.
Result<Which> which_of(const Request& request)
{
  USHER_TRY(const std::optional<std::string> all, request.query_value("all"));
  if (!all || *all == "false") {
    return Which::others;
  }
  if (*all == "true") {
    return Which::all;
  }
  return refuse_fields({{.field = "all", .reason = "must be true or false"}});
}

Reply delete_sessions(const Room& deps, const Request& request)
{
  USHER_CO_TRY(const Which which, which_of(request));
  const Origin origin = request.from();
  auto work = [&](db::Tx& tx) { return end_sessions(tx, request.caller, which, origin, deps.clock.now()); };
  USHER_CO_CHECK(co_await deps.db.write(std::move(work)));
  co_return http::message(
      which == Which::all ? "All your sessions are ended." : "All your other sessions are ended."
  );
}

Reply delete_session(const Room& deps, const Request& request)
{
  const std::optional<Uuid> session = parse_uuid(request.param("sid"));
  if (!session) {
    co_return refuse(session_not_found);
  }
  const Origin origin = request.from();
  auto work = [&](db::Tx& tx) { return end_session(tx, request.caller, *session, origin, deps.clock.now()); };
  USHER_CO_CHECK(co_await deps.db.write(std::move(work)));
  co_return http::message("The session is ended.");
}

Answer get_user_sessions(const Room& deps, const Request& request)
{
  const users::UserId user{request.number("id").value_or(0)};
  USHER_TRY(const auto listed, deps.db.read([&](db::Tx& tx) {
    return list_sessions_of(tx, user, deps.clock.now());
  }));
  return http::ok(to_json(listed, request.caller.session));
}

Reply delete_user_session(const Room& deps, const Request& request)
{
  const std::optional<Uuid> session = parse_uuid(request.param("sid"));
  const SessionOf which{
      .user = users::UserId{request.number("id").value_or(0)}, .session = session.value_or(Uuid{})
  };
  const Origin origin = request.from();
  auto work = [&](db::Tx& tx) { return end_session_of(tx, request.caller, which, origin, deps.clock.now()); };
  USHER_CO_CHECK(co_await deps.db.write(std::move(work)));
  co_return http::message("The session is ended.");
}

Reply delete_user_sessions(const Room& deps, const Request& request)
{
  const users::UserId user{request.number("id").value_or(0)};
  const Origin origin = request.from();
  auto work = [&](db::Tx& tx) { return end_sessions_of(tx, request.caller, user, origin, deps.clock.now()); };
  USHER_CO_CHECK(co_await deps.db.write(std::move(work)));
  co_return http::message("The user's sessions are ended.");
}

std::vector<http::Route<Room>> login_routes()
{
  return {
      {.method = Method::post,
       .pattern = "/api/auth",
       .guard = Guard::open,
       .handler = post_auth,
       .operation = "post_auth",
       .summary = "Log in: a new session, a fresh access token and a refresh token",
       .body = &login_request_shape,
       .reply = &login_reply_shape,
       .refusals = {&bad_credentials, &limits::too_many_attempts, &server_busy}},
      {.method = Method::post,
       .pattern = "/api/auth/fresh",
       .guard = Guard::access,
       .handler = post_auth_fresh,
       .operation = "post_auth_fresh",
       .summary = "Show the password again: a fresh access token for the same session",
       .body = &password_request_shape,
       .reply = &access_reply_shape,
       .refusals = {&bad_credentials, &limits::too_many_attempts, &server_busy}},
      {.method = Method::post,
       .pattern = "/api/refresh",
       .guard = Guard::refresh,
       .handler = post_refresh,
       .operation = "post_refresh",
       .summary = "Trade a refresh token for its successor and an access token that is never fresh",
       .reply = &refresh_reply_shape,
       .refusals = {&session_ended, &refresh_reused, &token_unknown, &token_revoked}},
      {.method = Method::post,
       .pattern = "/api/logout",
       .guard = Guard::access,
       .handler = post_logout,
       .operation = "post_logout",
       .summary = "End this session; its tokens are dead at once",
       .reply = &users::message_shape,
       .refusals = {&session_ended}},
  };
}

std::vector<http::Route<Room>> session_routes()
{
  return {
      {.method = Method::get,
       .pattern = "/api/sessions",
       .guard = Guard::access,
       .handler = get_sessions,
       .operation = "get_sessions",
       .summary = "Your sessions: those alive, and why those of the last 30 days are over",
       .reply = &session_list_shape},
      {.method = Method::del,
       .pattern = "/api/sessions",
       .guard = Guard::access,
       .handler = delete_sessions,
       .operation = "delete_sessions",
       .summary = "End all your other sessions",
       .reply = &users::message_shape,
       .query = {{.name = "all", .doc = "true: this session too.", .schema = R"({"type":"boolean"})"}}},
      {.method = Method::del,
       .pattern = "/api/sessions/{sid}",
       .guard = Guard::access,
       .handler = delete_session,
       .operation = "delete_session",
       .summary = "End one of your sessions",
       .reply = &users::message_shape,
       .refusals = {&session_not_found}},
  };
}

std::vector<http::Route<Room>> user_session_routes()
{
  return {
      {.method = Method::get,
       .pattern = "/api/users/{id}/sessions",
       .guard = Guard::self_or_admin,
       .handler = get_user_sessions,
       .operation = "get_user_sessions",
       .summary = "A user's sessions: those alive, and why those of the last 30 days are over",
       .reply = &session_list_shape,
       .refusals = {&users::user_not_found}},
      {.method = Method::del,
       .pattern = "/api/users/{id}/sessions/{sid}",
       .guard = Guard::admin,
       .handler = delete_user_session,
       .operation = "delete_user_session",
       .summary = "End one session of a user",
       .reply = &users::message_shape,
       .refusals = {&users::user_not_found, &session_not_found}},
      {.method = Method::del,
       .pattern = "/api/users/{id}/sessions",
       .guard = Guard::admin,
       .handler = delete_user_sessions,
       .operation = "delete_user_sessions",
       .summary = "End all sessions of a user",
       .reply = &users::message_shape,
       .refusals = {&users::user_not_found}},
  };
}

}  // namespace

void mount(http::Router& router, const Deps& deps)
{
  const Room room{deps};
  router.mount<Room>(room, login_routes());
  router.mount<Room>(room, session_routes());
  router.mount<Room>(room, user_session_routes());
}

}  // namespace usher::auth
