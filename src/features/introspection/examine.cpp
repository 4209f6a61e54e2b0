#include "features/introspection/examine.hpp"

#include "features/introspection/service.hpp"
#include "features/introspection/wire.hpp"
#include "tokens/doubt.hpp"
#include "tokens/offline.hpp"

#include <string>

namespace usher::introspection {
namespace {

using tokens::Doubt;

/// What both kinds of token say.
template <class Claims>
Introspection told(const Claims& claims, std::string_view token, const tokens::Options& options)
{
  const auto decoded = tokens::inspect(token);
  const Stamp stamp = decoded ? stamp_of(decoded->payload) : Stamp{};
  return {
      .active = true,
      .sub = std::to_string(claims.subject),
      .user_id = claims.subject,
      .iss = options.issuer,
      .aud = options.audience.empty() ? std::nullopt : std::optional{options.audience},
      .exp = epoch_seconds(claims.expires),
      .iat = epoch_seconds(claims.issued),
      .nbf = stamp.nbf,
      .jti = stamp.jti,
      .sid = claims.session,
      .gen = claims.generation,
  };
}

Introspection told_access(
    const tokens::AccessClaims& claims, std::string_view token, const tokens::Options& options, Instant now
)
{
  Introspection found = told(claims, token, options);
  found.token_type = "Bearer";
  found.type = "access";
  found.fresh = claims.fresh(now);
  found.role = claims.admin ? "ADMIN" : "USER";
  if (claims.auth_time != Instant{}) {
    found.auth_time = epoch_seconds(claims.auth_time);
  }
  found.amr = tokens::amr_words(claims.amr);
  return found;
}

Introspection examine_access(const Bench& bench, const tokens::AccessClaims& claims, std::string_view token)
{
  Doubt doubt{bench.mint, token};
  const Instant now = bench.clock.now();
  const Caller caller{
      .user = claims.subject,
      .session = claims.session,
      .generation = claims.generation,
      .admin = claims.admin
  };
  if (!bench.db.read([&](db::Tx& tx) { return is_honoured(tx, caller, now); })) {
    return {};
  }
  doubt.resolve();
  return told_access(claims, token, bench.mint.options(), now);
}

Introspection examine_refresh(const Bench& bench, const tokens::RefreshClaims& claims, std::string_view token)
{
  const Caller caller{
      .user = claims.subject,
      .session = claims.session,
      .generation = claims.generation,
      .counter = claims.counter
  };
  const bool good = bench.db.read([&](db::Tx& tx) {
    return would_refresh(tx, caller, bench.reuse_window, bench.clock.now());
  });
  if (!good) {
    return {};
  }
  Introspection found = told(claims, token, bench.mint.options());
  found.type = "refresh";
  return found;
}

}  // namespace

Introspection examine(const Bench& bench, std::string_view token)
{
  if (const auto verified = bench.mint.verify_access(token)) {
    return examine_access(bench, *verified->claims, token);
  }
  if (const auto claims = bench.mint.verify_refresh(token)) {
    return examine_refresh(bench, *claims, token);
  }
  return {};
}

std::optional<TokenSession> session_of(tokens::Mint& mint, std::string_view token)
{
  if (const auto verified = mint.verify_access(token)) {
    const Doubt doubt{mint, token};
    return TokenSession{.session = verified->claims->session, .user = verified->claims->subject};
  }
  if (const auto claims = mint.verify_refresh(token)) {
    return TokenSession{.session = claims->session, .user = claims->subject};
  }
  return std::nullopt;
}

}  // namespace usher::introspection
