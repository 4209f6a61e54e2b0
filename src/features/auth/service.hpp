#pragma once

#include "base/caller.hpp"
#include "base/refusals.hpp"
#include "base/result.hpp"
#include "db/database.hpp"
#include "features/auth/options.hpp"
#include "features/sessions/session.hpp"
#include "features/users/user.hpp"
#include "tokens/claims.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace usher::auth {

/// Unknown address, wrong password, disabled, no password set: one answer for all of them.
inline constexpr Refusal bad_credentials{
    Kind::unauthenticated,
    "bad_credentials",
    "Bad credentials",
    "The e-mail address or the password is wrong."
};
inline constexpr Refusal session_ended{
    Kind::unauthenticated, "session_ended", "Session ended", "This session is over; log in again."
};
inline constexpr Refusal refresh_reused{
    Kind::unauthenticated,
    "refresh_reused",
    "Refresh token reused",
    "This refresh token was replaced before. In case it was stolen, its session has been ended; log in again."
};
inline constexpr Refusal token_unknown{
    Kind::unauthenticated,
    "token_unknown",
    "Token unknown",
    "This service does not remember issuing this refresh token; log in again."
};
inline constexpr Refusal session_not_found{
    Kind::not_found, "session_not_found", "No such session", "You have no session of that id."
};

/// What tokens are made from: who, and in which session.
struct Grant {
  sessions::Session session;
  users::User user;
};

/// A password that was found right, before the transaction that acts on it.
struct Proof {
  users::UserId user;
  std::string hash;                     ///< the stored one it was held against
  std::optional<std::string> better{};  ///< the same password in a newer form, to be stored
};

/// Begins a session after the password was checked. Everything is asked again inside the transaction: the
/// user is there, enabled, and the hash still the one that was checked; else bad_credentials.
Result<Grant> start_session(
    db::Tx& tx, const Proof& proof, const Origin& origin, const Options& options, Instant now
);

/// Notes a guess that failed. `user` is 0 when nobody has the address: the same write, so the same time.
Result<Done> note_failed_login(db::Tx& tx, users::UserId user, const Origin& origin, Instant now);

/// What became of a refresh token that verifies (caller.session, .user, .counter).
struct Refreshed {
  enum class How {
    rotated,   ///< the session has a new counter
    repeated,  ///< nothing was written
    stolen,    ///< the session was ended; to be answered with refresh_reused
  };
  How how{How::repeated};
  std::optional<Grant> grant{};  ///< none when stolen
};

/// The whole exchange, for the writer. Refuses with session_ended, token_unknown, token_revoked.
Result<Refreshed> refresh(
    db::Tx& tx, const Caller& caller, const Origin& origin, const Options& options, Instant now
);

/// The same question without an answer that needs writing: a repetition or a refusal is decided here, for
/// nothing the caller goes on to refresh().
Result<std::optional<Refreshed>> peek_refresh(
    db::Tx& tx, const Caller& caller, const Options& options, Instant now
);

/// The password was shown again inside caller's session. Refuses with bad_credentials, session_ended.
Result<Grant> authenticate_again(
    db::Tx& tx, const Caller& caller, const Proof& proof, const Origin& origin, Instant now
);

/// The live question: may an access token of this session, generation and role be honoured? Expiry is judged
/// here, not by a sweeper. Refuses with session_ended, token_revoked.
Result<Done> ask_alive(db::Tx& tx, const Caller& caller, Instant now);

/// Ends the caller's own session. Refuses with session_ended when it is over already.
Result<Done> log_out(db::Tx& tx, const Caller& caller, const Origin& origin, Instant now);

/// Those alive, then those that ended of late; newest first in either part.
std::vector<sessions::Session> list_sessions(db::Tx& tx, users::UserId user, Instant now);

/// The same of anybody. Refuses with user_not_found.
Result<std::vector<sessions::Session>> list_sessions_of(db::Tx& tx, users::UserId user, Instant now);

/// One of the caller's own. Refuses with token_revoked, session_not_found; one that is over already is fine.
Result<Done> end_session(
    db::Tx& tx, const Caller& caller, const Uuid& session, const Origin& origin, Instant now
);

/// All of the caller's sessions, or all but the present one, which ends as by a logout. Hands back how many.
/// Refuses with token_revoked.
enum class Which { others, all };
Result<std::int64_t> end_sessions(
    db::Tx& tx, const Caller& caller, Which which, const Origin& origin, Instant now
);

/// All sessions of somebody, by an administrator. Refuses with user_not_found, token_revoked.
Result<std::int64_t> end_sessions_of(
    db::Tx& tx, const Caller& caller, users::UserId user, const Origin& origin, Instant now
);

/// One session of somebody, by an administrator. Refuses with user_not_found, session_not_found,
/// token_revoked; one that is over already is fine.
struct SessionOf {
  users::UserId user{};
  Uuid session;
};
Result<Done> end_session_of(
    db::Tx& tx, const Caller& caller, const SessionOf& which, const Origin& origin, Instant now
);

enum class Freshness { fresh, not_fresh };
tokens::AccessClaims access_claims(
    const Grant& grant, Freshness freshness, const tokens::Options& options, Instant now
);
/// The same session and counter give the same claims, however often they are asked for.
tokens::RefreshClaims refresh_claims(const Grant& grant);

}  // namespace usher::auth
