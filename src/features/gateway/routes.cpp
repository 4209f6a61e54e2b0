#include "features/gateway/routes.hpp"

#include "base/refusals.hpp"
#include "http/form.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace usher::gateway {
namespace {

using http::Answer;
using http::Request;
using http::Response;

constexpr std::int64_t max_age_most = std::int64_t{10} * 365 * 86400;

std::optional<std::chrono::seconds> parse_age(std::string_view digits)
{
  std::int64_t seconds = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  const bool whole = failed == std::errc{} && end == digits.data() + digits.size();
  return whole && seconds >= 0 && seconds <= max_age_most ? std::optional{std::chrono::seconds{seconds}}
                                                          : std::nullopt;
}

/// What the one who asks demands beyond a good access token.
struct Demand {
  bool fresh{false};
  bool admin{false};
  std::optional<std::chrono::seconds> max_age{};
};

/// The query is all that the operator has to say who may pass, so a slip in it must not let everybody in.
std::vector<FieldError> unknown_demands(std::string_view query)
{
  constexpr std::array<std::string_view, 3> known{"fresh", "role", "max_age"};
  std::vector<FieldError> wrong;
  while (!query.empty()) {
    std::string name{http::next_parameter(query).name};
    if (std::ranges::find(known, name) == known.end()) {
      wrong.push_back({.field = std::move(name), .reason = "is none of fresh, role and max_age"});
    }
  }
  return wrong;
}

Result<Demand> demanded(const Request& request)
{
  USHER_TRY(const auto fresh, request.query_value("fresh"));
  USHER_TRY(const auto role, request.query_value("role"));
  USHER_TRY(const auto max_age, request.query_value("max_age"));
  std::vector<FieldError> wrong = unknown_demands(request.query);
  if (fresh && *fresh != "true" && *fresh != "false") {
    wrong.push_back({.field = "fresh", .reason = "must be true or false"});
  }
  if (role && *role != "ADMIN") {
    wrong.push_back({.field = "role", .reason = "must be ADMIN; leave it out for everybody"});
  }
  const auto age = max_age ? parse_age(*max_age) : std::nullopt;
  if (max_age && !age) {
    wrong.push_back({.field = "max_age", .reason = "must be a whole number of seconds, ten years at most"});
  }
  if (!wrong.empty()) {
    return refuse_fields(std::move(wrong));
  }
  return Demand{.fresh = fresh == "true", .admin = role == "ADMIN", .max_age = age};
}

Result<Done> meets(const Caller& caller, const Demand& demand, Instant now)
{
  if (demand.admin && !caller.admin) {
    return refuse(admin_only);
  }
  if (demand.fresh && !caller.fresh) {
    return refuse(token_not_fresh);
  }
  if (demand.max_age && now - caller.auth_time > *demand.max_age) {
    Error error = refuse(authentication_too_old);
    error.max_age = demand.max_age;
    return error;
  }
  return Done{};
}

Answer check_token(const Deps& deps, const Request& request)
{
  USHER_TRY(const Demand demand, demanded(request));
  const Caller& caller = request.caller;
  USHER_CHECK(meets(caller, demand, deps.clock.now()));
  Response response = http::no_content();
  response.headers = {
      {.name = "X-Usher-User", .value = std::to_string(caller.user)},
      {.name = "X-Usher-Role", .value = caller.admin ? "ADMIN" : "USER"},
      {.name = "X-Usher-Session", .value = to_string(caller.session)},
      {.name = "X-Usher-Fresh", .value = caller.fresh ? "true" : "false"},
      {.name = "X-Usher-Auth-Time", .value = std::to_string(epoch_seconds(caller.auth_time))},
      {.name = "X-Usher-Amr", .value = caller.amr},
  };
  return response;
}

}  // namespace

void mount(http::Router& router, Deps deps)
{
  router.mount<Deps>(
      deps,
      {{.method = http::Method::get,
        .pattern = "/api/auth/check",
        .guard = http::Guard::access,
        .handler = check_token,
        .operation = "check_token",
        .summary =
            "For a proxy in front of a service: is this token good? Who it is stands in X-Usher-* headers",
        .status = 204,
        .refusals = {&fields_invalid, &token_not_fresh, &admin_only, &authentication_too_old},
        .query =
            {
                {.name = "fresh",
                 .doc = "`true`: only with a fresh token.",
                 .schema = R"({"type":"string","enum":["true","false"]})"},
                {.name = "role",
                 .doc = "`ADMIN`: only administrators.",
                 .schema = R"({"type":"string","enum":["ADMIN"]})"},
                {.name = "max_age",
                 .doc = "Only when the password was shown at most so many seconds ago.",
                 .schema = R"({"type":"integer","minimum":0,"maximum":315360000})"},
            }}}
  );
}

}  // namespace usher::gateway
