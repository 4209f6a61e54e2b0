#pragma once

#include "features/sessions/rules.hpp"
#include "tokens/options.hpp"

#include <chrono>

namespace usher::auth {

struct Options {
  tokens::Options tokens{};
  std::chrono::seconds session_life_max{90 * 86400};  ///< sessions.max_life: the absolute end, from login
  sessions::ReuseWindow reuse_window{};               ///< sessions.reuse_window; nothing: until-used
};

/// How long the user can read why a session is over; after that it is forgotten.
inline constexpr std::chrono::seconds ended_shown{30 * 86400};

/// Revoked::Revoked wants to know how long an access token can live.
inline std::chrono::seconds access_life(const tokens::Options& options)
{
  return options.access_ttl + options.leeway;
}

}  // namespace usher::auth
