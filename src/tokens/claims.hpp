#pragma once

#include "base/clock.hpp"
#include "base/uuid.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace usher::tokens {

/// RFC 9068 and Flask-JWT-Extended members of an access token. Times are whole seconds.
struct AccessClaims {
  std::int64_t subject{};     ///< `sub` (as text) and `user_id` (as a number)
  Uuid session{};             ///< `sid`
  std::int64_t generation{};  ///< `gen`
  bool admin{false};          ///< `role` ADMIN or USER
  /// `fresh`: nothing is false, Instant::max() is true, else the instant until which it is fresh.
  Instant fresh_until{};
  Instant auth_time{};
  std::string amr{};  ///< space-separated here, a list on the wire
  Instant issued{};   ///< `iat` and `nbf`
  Instant expires{};

  bool fresh(Instant now) const { return now < fresh_until; }
};

/// {"pwd", "otp"} of "pwd otp".
std::vector<std::string> amr_words(std::string_view amr);

/// When a token holds: the later of `nbf` and `iat`, and `exp`.
struct Lifetime {
  Instant not_before{};
  Instant expires{};
};

/// A refresh token: `type` refresh, `sid`, `n`. Signed with an HMAC key that is in no JWKS.
struct RefreshClaims {
  std::int64_t subject{};
  Uuid session{};
  std::int64_t generation{};
  std::int64_t counter{};  ///< `n`
  Instant issued{};
  Instant expires{};
};

/// What the revocation feed says (docs/revocations.md). Signed like an access token, with a `typ`, `aud` and
/// `type` of its own and an `exp` that is long past, so that neither passes for the other.
struct RevocationClaims {
  struct User {
    std::int64_t id{};
    std::int64_t generation{};  ///< the lowest whose tokens are good
  };
  std::int64_t from{};  ///< 0: the whole set
  std::int64_t seq{};
  std::chrono::seconds keep{};
  std::vector<Uuid> sessions{};
  std::vector<User> users{};  ///< each once
  Instant issued{};
};

}  // namespace usher::tokens
