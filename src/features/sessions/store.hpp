#pragma once

#include "base/clock.hpp"
#include "base/uuid.hpp"
#include "db/database.hpp"
#include "features/sessions/session.hpp"
#include "features/users/user.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

// The only SQL of this feature. Whatever ends a session or a user's generation writes a line of `revocations`
// in the same transaction and tells channel "revocations", so that no node goes on accepting its tokens.

namespace usher::sessions {

std::span<const db::Migration> migrations();

void insert(db::Tx& tx, const Session& session);

std::optional<Session> find(db::Tx& tx, const Uuid& id);

/// Newest first, at most sessions_shown_max of them: those alive and those that were over only after `since`.
inline constexpr int sessions_shown_max = 100;
std::vector<Session> of_user(db::Tx& tx, users::UserId user, Instant since);

/// The compare-and-swap of a refresh: counter `from` becomes from + 1, unless somebody was faster or the
/// session has ended: then false, and nothing has changed.
struct Rotation {
  Uuid id;
  std::int64_t from{};
  Instant now{};
  Instant idle_expires{};
};
bool rotate(db::Tx& tx, const Rotation& rotation);

/// The password was shown again inside the session. False when the session has ended.
bool authenticated_again(db::Tx& tx, const Uuid& id, Instant auth_time);

/// False when there is no such session or it had ended before (the first reason stays).
bool end(db::Tx& tx, const Uuid& id, EndReason reason, Instant now);

/// Ends every live session of the user but `except`; hands back how many those were.
std::int64_t end_all(
    db::Tx& tx, users::UserId user, EndReason reason, const std::optional<Uuid>& except, Instant now
);

/// Before the user's next session is inserted: ends the oldest live ones beyond live_sessions_max - 1, with
/// EndReason::too_many. Those that had run out unnoticed are the first to go, with EndReason::expired.
void make_room(db::Tx& tx, users::UserId user, Instant now);

/// Access tokens of `user` with a generation under this one are dead. For a deleted user: the largest int64.
void revoke_user(db::Tx& tx, users::UserId user, std::int64_t generation, Instant now);

/// Keeps this one session alive under the user's new generation (the one in which the password was changed).
void adopt_generation(db::Tx& tx, const Uuid& session, std::int64_t generation);

/// A session, or all tokens of a user under a generation.
struct Revocation {
  std::int64_t seq{};
  std::optional<Uuid> session{};
  users::UserId user{};
  std::int64_t generation{};
  Instant at{};
};

std::int64_t last_revocation(db::Tx& tx);  ///< 0 when there was none yet
/// In order, at most revocations_batch of them.
inline constexpr int revocations_batch = 1000;
std::vector<Revocation> revocations_since(db::Tx& tx, std::int64_t seq);

/// Housekeeping, a bounded stretch a call: removes sessions that were over before `dead_before` among the
/// next sessions_swept after `cursor`. Hands back the cursor for the next call; the nil one when the end was
/// reached.
inline constexpr int sessions_swept = 1000;
Uuid purge_sessions(db::Tx& tx, const Uuid& cursor, Instant dead_before);
/// Removes the lines from before `before`: no access token is older than that.
std::int64_t purge_revocations(db::Tx& tx, Instant before);

}  // namespace usher::sessions
