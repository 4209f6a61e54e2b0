#include "refusals.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <utility>

namespace usher::verify {
namespace {

struct Row {
  Reason reason;
  int status;
  std::string_view error;
  std::string_view title;
  std::string_view detail;
};

constexpr std::array rows{
    Row{Reason::token_missing,
        401,
        "token_missing",
        "Token missing",
        "Send an access token as Authorization: Bearer."},
    Row{Reason::authorization_malformed,
        401,
        "authorization_malformed",
        "Authorization header malformed",
        "The Authorization header must be \"Bearer\", one space and one token."},
    Row{Reason::token_malformed,
        422,
        "token_malformed",
        "Token malformed",
        "This is not a token of this service."},
    Row{Reason::token_signature_invalid,
        422,
        "token_signature_invalid",
        "Signature verification failed",
        "The token was not signed by a key of this service."},
    Row{Reason::token_wrong_type,
        422,
        "token_wrong_type",
        "Wrong type of token",
        "Use an access token here, or a refresh token where one is asked for."},
    Row{Reason::token_claims_invalid,
        422,
        "token_claims_invalid",
        "Claims invalid",
        "The token lacks a claim or holds one that is not for this service."},
    Row{Reason::token_expired, 401, "token_expired", "Token has expired", "Refresh the token or log in again."
    },
    Row{Reason::token_not_yet_valid,
        401,
        "token_not_yet_valid",
        "Token not yet valid",
        "Check the clocks of both sides."},
    Row{Reason::token_revoked,
        401,
        "token_revoked",
        "Token has been revoked",
        "The account has changed since this token was issued; refresh it or log in again."},
    Row{Reason::token_not_fresh, 401, "token_not_fresh", "Fresh token required", "Log in again to do this."},
    Row{Reason::admin_only, 403, "admin_only", "Administrators only", "Only an administrator may do this."},
    Row{Reason::keys_unavailable,
        503,
        "keys_unavailable",
        "Keys unavailable",
        "The keys to check tokens with could not be fetched; try again shortly."},
    Row{Reason::revocations_stale,
        503,
        "revocations_stale",
        "Revocations unknown",
        "It is not known which tokens have been revoked; try again shortly."},
};

/// RFC 6750 section 3: what an error_description may hold.
std::string quotable(std::string_view text)
{
  std::string out;
  for (const char c : text) {
    if (c != '"' && c != '\\') {
      out += c;
    }
  }
  return out;
}

/// Ours are all of printable ASCII, but a Refusal is anybody's to fill.
std::string json_text(std::string_view text)
{
  constexpr std::string_view hex = "0123456789abcdef";
  std::string out{'"'};
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      out.append("\\u00").append({hex[byte >> 4U], hex[byte & 15U]});
      continue;
    }
    out.append(c == '"' || c == '\\' ? "\\" : "").append(1, c);
  }
  return out + '"';
}

std::string challenge(std::string_view error, std::string_view detail)
{
  return "Bearer error=\"" + std::string{error} + "\", error_description=\"" + quotable(detail) + '"';
}

/// RFC 9110 section 11.6.1: a 401 always has a challenge. RFC 6750 section 3.1: who sent no token learns no
/// error.
std::string challenge_for(const Row& row)
{
  switch (row.reason) {
    case Reason::token_missing: return "Bearer";
    case Reason::authorization_malformed: return challenge("invalid_request", row.detail);
    // Fresh is what comes straight from a login, so only a login now will do.
    case Reason::token_not_fresh:
      return challenge("insufficient_user_authentication", row.detail) + ", max_age=\"0\"";
    default: return challenge("invalid_token", row.detail);
  }
}

std::shared_ptr<const Refusal> made(const Row& row)
{
  Refusal refusal{
      .status = row.status,
      .error = std::string{row.error},
      .title = std::string{row.title},
      .detail = std::string{row.detail},
      .headers = {}
  };
  if (row.status == 401 || row.status == 422) {
    refusal.headers.push_back({.name = "WWW-Authenticate", .value = challenge_for(row)});
  }
  if (row.status == 503) {
    refusal.headers.push_back({.name = "Retry-After", .value = "1"});
  }
  return std::make_shared<const Refusal>(std::move(refusal));
}

template <std::size_t... Index>
auto make_all(std::index_sequence<Index...> /*all*/)
{
  static_assert(((rows[Index].reason == Reason{Index}) && ...), "rows are in the order of Reason");
  return std::array{made(rows[Index])...};
}

}  // namespace

std::shared_ptr<const Refusal> refusal(Reason reason)
{
  static const auto all = make_all(std::make_index_sequence<rows.size()>{});
  return all[static_cast<std::size_t>(reason)];
}

std::shared_ptr<const Refusal> too_old(seconds max_age)
{
  const std::string age = std::to_string(max_age.count());
  Refusal refusal{
      .status = 401,
      .error = "authentication_too_old",
      .title = "Authentication too old",
      .detail = "The password was shown more than " + age + " seconds ago; log in again to do this.",
      .headers = {}
  };
  refusal.headers.push_back(
      {.name = "WWW-Authenticate",
       .value = challenge("insufficient_user_authentication", refusal.detail) + ", max_age=\"" + age + '"'}
  );
  return std::make_shared<const Refusal>(std::move(refusal));
}

std::string Refusal::problem() const
{
  const std::string code = std::to_string(status);
  return "{\"type\":" + json_text("urn:usher:problem:" + error) + ",\"title\":" + json_text(title) +
         ",\"status\":" + code + ",\"detail\":" + json_text(detail) + ",\"error\":" + json_text(error) +
         ",\"code\":" + code + ",\"message\":" + json_text(title) + ",\"errors\":" + json_text(detail) + '}';
}

}  // namespace usher::verify
