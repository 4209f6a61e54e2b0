#include "features/sessions/session.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace usher::sessions {
namespace {

constexpr std::array<std::pair<EndReason, std::string_view>, 10> names{{
    {EndReason::logout, "logout"},
    {EndReason::ended_by_user, "ended_by_user"},
    {EndReason::ended_by_admin, "ended_by_admin"},
    {EndReason::revoked, "revoked"},
    {EndReason::refresh_reused, "refresh_reused"},
    {EndReason::password_changed, "password_changed"},
    {EndReason::role_changed, "role_changed"},
    {EndReason::disabled, "disabled"},
    {EndReason::too_many, "too_many"},
    {EndReason::expired, "expired"},
}};

}  // namespace

std::string_view name_of(EndReason reason)
{
  const auto found = std::ranges::find(names, reason, &std::pair<EndReason, std::string_view>::first);
  return found == names.end() ? std::string_view{} : found->second;
}

std::optional<EndReason> parse_end_reason(std::string_view text)
{
  const auto found = std::ranges::find(names, text, &std::pair<EndReason, std::string_view>::second);
  return found == names.end() ? std::nullopt : std::optional{found->first};
}

}  // namespace usher::sessions
