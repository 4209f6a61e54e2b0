#include "http/problem.hpp"

#include "http/client_gate.hpp"
#include "json/writer.hpp"

#include <algorithm>
#include <chrono>

namespace usher::http {
namespace {

/// RFC 6750 section 3: what an error_description may hold. `text` is ours; this keeps a careless word of ours
/// from breaking the header.
std::string quotable(std::string_view text)
{
  std::string out;
  for (const char c : text) {
    if (c >= ' ' && c <= '~' && c != '"' && c != '\\') {
      out += c;
    }
  }
  return out;
}

/// Those that RFC 6749 and its like define, and whose libraries read them.
bool is_of_oauth(std::string_view code)
{
  return code == invalid_request.code || code == invalid_client.code || code == insufficient_scope.code;
}

bool is_about_a_token(std::string_view code)
{
  return code.starts_with("token_") || code == "session_ended" || code == "refresh_reused";
}

std::string with_error(std::string_view error, const Error& refusal)
{
  std::string challenge{R"(Bearer realm="usher", error=")"};
  challenge += error;
  challenge += R"(", error_description=")";
  challenge += quotable(refusal.detail);
  challenge += '"';
  return challenge;
}

/// RFC 9110 section 11.6.1: a 401 always has a challenge. RFC 6750 section 3.1: a request without a token
/// learns no error code; a token that does not do is invalid_token.
std::string challenge_for(const Error& error)
{
  if (error.code() == invalid_client.code) {
    return R"(Basic realm="usher")";
  }
  if (error.code() == "token_not_fresh") {
    // RFC 9470 section 3. There are no authentication levels to ask for in acr_values, and freshness is a
    // property of the login, not an age: max_age 0 asks for what brings it back, a login now.
    return with_error("insufficient_user_authentication", error) + R"(, max_age="0")";
  }
  if (error.max_age) {
    return with_error("insufficient_user_authentication", error) + R"(, max_age=")" +
           std::to_string(error.max_age->count()) + '"';
  }
  if (error.code() == "authorization_malformed") {
    return with_error("invalid_request", error);
  }
  if (is_about_a_token(error.code()) && error.code() != "token_missing") {
    return with_error("invalid_token", error);
  }
  return R"(Bearer realm="usher")";
}

void write_reasons(json::Writer& out, std::string_view field, const std::vector<FieldError>& all)
{
  out.free_key(field);
  out.begin_list();
  for (const FieldError& wrong : all) {
    if (wrong.field == field) {
      out.text(wrong.reason);
    }
  }
  out.end_list();
}

/// {"age": ["...", "..."], "email": ["..."]}, each field once, in the order of first mention. There are few.
void write_fields(json::Writer& out, const std::vector<FieldError>& fields)
{
  out.begin_object();
  for (auto at = fields.begin(); at != fields.end(); ++at) {
    const auto same = [&](const FieldError& other) { return other.field == at->field; };
    if (std::none_of(fields.begin(), at, same)) {
      write_reasons(out, at->field, fields);
    }
  }
  out.end_object();
}

std::string body_of(const Error& error, std::string_view request_id)
{
  const std::string_view title = error.refusal->title;
  const int status = status_of(error.refusal->kind);
  json::Writer out;
  out.begin_object();
  out.member("type", "urn:usher:problem:" + std::string{error.code()});
  out.member("title", title);
  out.key("status");
  out.integer(status);
  out.member("detail", error.detail);
  out.member("instance", "urn:request:" + std::string{request_id});
  out.member("error", error.code());
  if (is_of_oauth(error.code())) {
    out.member("error_description", quotable(error.detail));
  }
  out.key("code");
  out.integer(status);
  out.member("message", title);
  out.key("errors");
  if (error.fields.empty()) {
    out.text(error.detail);
  } else {
    write_fields(out, error.fields);
  }
  out.end_object();
  return std::move(out).take();
}

bool wants_challenge(const Error& error)
{
  return error.refusal->kind == Kind::unauthenticated ||
         (error.refusal->kind == Kind::unprocessable && is_about_a_token(error.code()));
}

/// RFC 9110 section 10.2.3. Whoever is told "too many" or "not now" is always told how long.
std::chrono::seconds pause_after(const Error& error)
{
  const bool passing = error.refusal->kind == Kind::too_many || error.refusal->kind == Kind::unavailable;
  return std::max(error.retry_after, std::chrono::seconds{passing ? 1 : 0});
}

}  // namespace

int status_of(Kind kind)
{
  switch (kind) {
    case Kind::invalid: return 400;
    case Kind::unauthenticated: return 401;
    case Kind::forbidden: return 403;
    case Kind::not_found: return 404;
    case Kind::method_not_allowed: return 405;
    case Kind::not_acceptable: return 406;
    case Kind::conflict: return 409;
    case Kind::precondition_failed: return 412;
    case Kind::too_large: return 413;
    case Kind::uri_too_long: return 414;
    case Kind::unsupported_media: return 415;
    case Kind::expectation_failed: return 417;
    case Kind::unprocessable: return 422;
    case Kind::too_many: return 429;
    case Kind::headers_too_large: return 431;
    case Kind::internal: return 500;
    case Kind::not_implemented: return 501;
    case Kind::unavailable: return 503;
    case Kind::version_not_supported: return 505;
  }
  return 500;
}

std::string_view problem_type(const Refusal& refusal)
{
  return is_of_oauth(refusal.code) ? "application/json" : "application/problem+json; charset=utf-8";
}

Response problem(const Error& error, std::string_view request_id)
{
  Response answer{
      .status = status_of(error.refusal->kind),
      .content_type = problem_type(*error.refusal),
      .body = body_of(error, request_id)
  };
  if (wants_challenge(error)) {
    answer.headers.push_back({.name = "WWW-Authenticate", .value = challenge_for(error)});
  }
  if (const auto pause = pause_after(error); pause.count() > 0) {
    answer.headers.push_back({.name = "Retry-After", .value = std::to_string(pause.count())});
  }
  return answer;
}

}  // namespace usher::http
