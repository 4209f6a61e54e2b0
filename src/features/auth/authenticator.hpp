#pragma once

#include "base/clock.hpp"
#include "db/door.hpp"
#include "features/sessions/live.hpp"
#include "http/gate.hpp"
#include "tokens/mint.hpp"

namespace usher::auth {

/// Answers the gate's question. A token that was not seen before on this loop is held against the database;
/// from then on the set of what was revoked since is asked on every request, and whenever that has a word
/// against it the database decides. Refresh tokens are only verified here: their session is judged in the
/// transaction that refreshes it.
///
/// Refuses with what tokens::Mint refuses with, session_ended, token_revoked.
class TokenAuthenticator final : public http::Authenticator {
 public:
  TokenAuthenticator(
      tokens::Mint& mint, db::Door& door, const sessions::Revoked& revoked, const Clock& clock
  );

  Result<Caller> authenticate(std::string_view token, http::TokenUse use) override;

 private:
  Result<Caller> authenticate_access(std::string_view token);
  Result<Caller> authenticate_refresh(std::string_view token);

  tokens::Mint& mint_;
  db::Door& door_;
  sessions::Revoked::View revoked_;
  std::chrono::seconds life_max_;  ///< of tokens that the set remembers long enough for
  const Clock& clock_;
};

}  // namespace usher::auth
