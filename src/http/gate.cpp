#include "http/gate.hpp"

#include "http/head_fields.hpp"

#include <algorithm>

namespace usher::http {
namespace {

constexpr std::size_t token_bytes_max = std::size_t{8} * 1024;
constexpr std::string_view scheme = "Bearer";

/// RFC 9110 11.2: token68 = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
bool is_token68(std::string_view text)
{
  while (text.size() > 1 && text.ends_with('=')) {
    text.remove_suffix(1);
  }
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || c == '-' || c == '.' || c == '_' || c == '~' || c == '+' || c == '/';
  });
}

/// RFC 6750 2.1, to the letter but for the scheme's case (RFC 9110 11.1).
Result<std::string_view> bearer_of(const Request& request)
{
  const std::string_view field = request.authorization;
  if (field.data() == nullptr) {
    return refuse(token_missing);
  }
  const bool is_bearer = field.size() > scheme.size() &&
                         equal_ignoring_case(field.substr(0, scheme.size()), scheme) &&
                         field[scheme.size()] == ' ';
  const std::string_view token = is_bearer ? field.substr(scheme.size() + 1) : std::string_view{};
  if (token.size() > token_bytes_max || !is_token68(token)) {
    return refuse(authorization_malformed);
  }
  return token;
}

/// Before any look-up: only who asks and what the path says decide. To others an id that is none looks like
/// any other that is not theirs.
Result<Done> check_owner(const Request& request)
{
  const Caller& caller = request.caller;
  const auto id = request.number("id");
  if (caller.admin || (id && *id == caller.user)) {
    return Done{};
  }
  return refuse(not_yours);
}

Result<Done> check(const Request& request, Guard guard)
{
  const bool fresh = guard == Guard::fresh || guard == Guard::fresh_self_or_admin;
  if (guard == Guard::admin && !request.caller.admin) {
    return refuse(admin_only);
  }
  if (guard == Guard::self_or_admin || guard == Guard::fresh_self_or_admin) {
    USHER_CHECK(check_owner(request));
  }
  return fresh && !request.caller.fresh ? Result<Done>{refuse(token_not_fresh)} : Done{};
}

}  // namespace

Result<Done> pass(Request& request, Guard guard, Authenticator& authenticator)
{
  if (guard == Guard::open || (guard == Guard::optional && request.authorization.data() == nullptr)) {
    return Done{};
  }
  USHER_TRY(request.bearer, bearer_of(request));
  const TokenUse use = guard == Guard::refresh ? TokenUse::refresh : TokenUse::access;
  USHER_TRY(request.caller, authenticator.authenticate(request.bearer, use));
  return check(request, guard);
}

}  // namespace usher::http
