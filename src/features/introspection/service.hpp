#pragma once

#include "base/caller.hpp"
#include "base/result.hpp"
#include "db/database.hpp"
#include "features/introspection/introspection.hpp"
#include "features/sessions/rules.hpp"

#include <string_view>

namespace usher::introspection {

/// The live question about an access token that verifies: as the gate asks it.
bool is_honoured(db::Tx& tx, const Caller& caller, Instant now);

/// Whether a refresh with this token, which verifies, would be answered with tokens now. Nothing is written:
/// of a token that was used before the answer is no, and its session lives on.
bool would_refresh(db::Tx& tx, const Caller& caller, const sessions::ReuseWindow& reuse, Instant now);

enum class Revocation {
  done,
  nothing,  ///< there is no such session of that user, or it was over before
};

/// Ends the session of a token that verifies, on behalf of the service `client`. Refuses nothing.
Result<Revocation> revoke(
    db::Tx& tx, const TokenSession& target, std::string_view client, const Origin& origin, Instant now
);

}  // namespace usher::introspection
