#pragma once

#include "base/clock.hpp"
#include "base/uuid.hpp"
#include "features/users/user.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace usher::sessions {

/// Why a session is over; the user can read it.
enum class EndReason {
  logout,
  ended_by_user,  ///< from another session
  ended_by_admin,
  revoked,         ///< by a service of the operator's, which may revoke (POST /api/revoke)
  refresh_reused,  ///< an old refresh token came back: theft
  password_changed,
  role_changed,
  disabled,
  too_many,  ///< the user logged in so often elsewhere that this, the oldest, had to go
  expired,   ///< ran out; seldom stored, see make_room()
};

std::string_view name_of(EndReason reason);
std::optional<EndReason> parse_end_reason(std::string_view text);

/// One login. One row; no row per token.
struct Session {
  Uuid id;
  users::UserId user;
  std::int64_t generation{};  ///< the user's at login; older than the user's now: dead
  std::int64_t counter{1};    ///< `n` of the newest refresh token
  Instant created{};
  Instant refreshed{};
  Instant idle_expires{};  ///< pushed on by each refresh
  Instant expires{};       ///< absolute
  Instant auth_time{};
  std::string amr{"pwd"};
  std::string user_agent;
  std::string address;
  std::optional<Instant> ended{};
  std::optional<EndReason> end_reason{};

  /// Where it ended on its own, had nobody ended it before.
  Instant runs_out() const { return idle_expires < expires ? idle_expires : expires; }
};

}  // namespace usher::sessions
