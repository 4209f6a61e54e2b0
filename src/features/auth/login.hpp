#pragma once

#include "base/secret.hpp"
#include "base/task.hpp"
#include "features/auth/routes.hpp"
#include "features/auth/service.hpp"
#include "features/users/store.hpp"

#include <optional>
#include <string>

namespace usher::auth {

/// One guess at a password. Whoever makes it costs the same: one place among the guesses, one hash, and when
/// it was wrong one line of audit.
struct Guess {
  std::string account;                          ///< what the guesses are counted by: the canonical address
  std::optional<users::Credentials> claimed{};  ///< nothing: nobody has the address
  Secret password;
};

/// Refuses with bad_credentials, limits::too_many_attempts, server_busy.
Task<Result<Proof>> prove(const Deps& deps, const Guess& guess, const Origin& origin);

}  // namespace usher::auth
