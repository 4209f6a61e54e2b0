#pragma once

#include "base/caller.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "db/database.hpp"

namespace usher::users {

/// Who does it, from where, and when. The command line: {.caller = shell_caller(), .now = clock.now()}.
struct Deed {
  Caller caller{};
  Origin origin{};
  Instant now{};
};

/// What the gate let through may be over by the time the writer comes to it, since another unit of work was
/// first: a caller demoted, disabled, deleted or with a changed password meanwhile changes nothing any more.
/// Refuses with token_revoked. Nobody (the command line, somebody who registers) passes.
Result<Done> check_still_somebody(db::Tx& tx, const Caller& caller);

}  // namespace usher::users
