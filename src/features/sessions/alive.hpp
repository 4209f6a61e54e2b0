#pragma once

#include "base/caller.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "db/database.hpp"
#include "features/sessions/rules.hpp"
#include "features/sessions/session.hpp"

#include <optional>

namespace usher::sessions {

/// What has become of the one who showed an access token.
struct Standing {
  Verdict verdict{Verdict::ended
  };  ///< `rotate`: alive; else `ended`, `run_out` or `outdated`, as judge_access
  std::optional<Session> session{};  ///< nothing when there is none of that id, or it is another user's
};

/// Asks session and user as they are in `tx`: the session is there, the user's own, neither ended nor past
/// its absolute end; the user is enabled and still has the generation and the role that the token says.
Standing standing_of(db::Tx& tx, const Caller& caller, Instant now);

/// What the gate let through may be over by the time the writer comes to it, since another unit of work was
/// first. Every write on a caller's behalf asks this in its own transaction. The command line passes
/// (shell_caller()), nobody else who is nobody does. Refuses with token_revoked.
Result<Done> check_alive(db::Tx& tx, const Caller& caller, Instant now);

}  // namespace usher::sessions
