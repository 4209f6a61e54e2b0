#pragma once

#include "base/clock.hpp"

#include <chrono>
#include <string>

namespace usher::tokens {

struct Options {
  std::string issuer{"usher"};                   ///< tokens.issuer
  std::string audience{};                        ///< tokens.audience; empty: no `aud`, none demanded
  std::chrono::seconds access_ttl{900};          ///< tokens.access_ttl
  std::chrono::seconds refresh_ttl{30 * 86400};  ///< tokens.refresh_ttl
  /// tokens.fresh_for: 0 means `fresh` is a boolean (true from login, as Flask-JWT-Extended), else the
  /// seconds after auth_time until which it is fresh, written as an epoch number.
  std::chrono::seconds fresh_for{0};
  std::chrono::seconds leeway{0};  ///< tokens.leeway for exp, nbf and iat; at most 60 s
};

inline constexpr std::chrono::seconds leeway_max{60};

/// What AccessClaims::fresh_until is after a login at `auth_time`.
inline Instant fresh_until(const Options& options, Instant auth_time)
{
  return options.fresh_for.count() == 0 ? Instant::max() : auth_time + options.fresh_for;
}

}  // namespace usher::tokens
