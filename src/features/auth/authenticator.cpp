#include "features/auth/authenticator.hpp"

#include "features/auth/service.hpp"
#include "tokens/doubt.hpp"

namespace usher::auth {

TokenAuthenticator::TokenAuthenticator(
    tokens::Mint& mint, db::Door& door, const sessions::Revoked& revoked, const Clock& clock
)
    : mint_{mint}, door_{door}, revoked_{revoked}, life_max_{revoked.life()}, clock_{clock}
{
}

Result<Caller> TokenAuthenticator::authenticate(std::string_view token, http::TokenUse use)
{
  return use == http::TokenUse::access ? authenticate_access(token) : authenticate_refresh(token);
}

Result<Caller> TokenAuthenticator::authenticate_access(std::string_view token)
{
  USHER_TRY(const tokens::Mint::Verified verified, mint_.verify_access(token));
  const tokens::AccessClaims& claims = *verified.claims;
  const Instant now = clock_.now();
  Caller caller{
      .user = claims.subject,
      .session = claims.session,
      .generation = claims.generation,
      .admin = claims.admin,
      .fresh = claims.fresh(now),
      .auth_time = claims.auth_time,
      .amr = claims.amr,
  };
  // Issued under a longer tokens.access_ttl than today's: the set may have forgotten what this token
  // survived.
  const bool outlives_set = claims.expires - claims.issued > life_max_;
  // What still passes by the leeway alone may be past its session's absolute end, which knows no leeway.
  const bool on_leeway = now >= claims.expires;
  if (verified.first_time || outlives_set || on_leeway ||
      revoked_.is_dead(claims.session, claims.subject, claims.generation)) {
    tokens::Doubt doubt{mint_, token};
    USHER_CHECK(door_.read([&](db::Tx& tx) { return ask_alive(tx, caller, now); }));
    doubt.resolve();
  }
  return caller;
}

Result<Caller> TokenAuthenticator::authenticate_refresh(std::string_view token)
{
  USHER_TRY(const tokens::RefreshClaims claims, mint_.verify_refresh(token));
  return Caller{
      .user = claims.subject,
      .session = claims.session,
      .generation = claims.generation,
      .counter = claims.counter,
  };
}

}  // namespace usher::auth
