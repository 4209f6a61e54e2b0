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

/// Those alive, newest first; live_sessions_max is all there can be.
std::vector<Session> alive_of(db::Tx& tx, users::UserId user, Instant now);

/// Those that are over, for whatever reason, but were alive after `since`: newest first, at most
/// over_shown_max.
inline constexpr int over_shown_max = 100;
struct Period {
  Instant since{};
  Instant now{};
};
std::vector<Session> over_of(db::Tx& tx, users::UserId user, const Period& period);

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

/// Ends every session of the user but `except` that has not ended before; hands back how many those were. One
/// at its absolute end gets EndReason::expired: it is over already, but only a mark survives a clock that is
/// set back.
std::int64_t end_all(
    db::Tx& tx, users::UserId user, EndReason reason, const std::optional<Uuid>& except, Instant now
);

/// Before the user's next session is inserted: ends the oldest live ones beyond live_sessions_max - 1, with
/// EndReason::too_many. Those that had run out unnoticed are the first to go, with EndReason::expired. Hands
/// back which those were.
struct Ended {
  Uuid session;
  EndReason reason{};
};
std::vector<Ended> make_room(db::Tx& tx, users::UserId user, Instant now);

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

  /// Only a number was passed over; nothing was revoked.
  bool is_mark() const noexcept { return !session && user.value == 0; }
};

/// When a server starts: from here on revocations get numbers above a millionfold of the epoch's seconds, and
/// so above all that were given before, also by a database that was put back to an older state since. Else
/// who had heard of number 812 would take the 813th of the restored one for the next.
void start_numbers_at(db::Tx& tx, Instant now);

/// 0 when there was none yet. Never less than it was before, whatever was purged: the feed counts on it.
std::int64_t last_revocation(db::Tx& tx);

/// In order, at most revocations_batch of them. Whoever has read up to a number never looks below it again,
/// so no number may appear once a higher one could be read. SQLite's one writer sees to that; an engine with
/// more than one has to let them take turns from the taking of a number to the commit (an advisory lock).
inline constexpr int revocations_batch = 1000;
std::vector<Revocation> revocations_since(db::Tx& tx, std::int64_t seq);

/// Housekeeping, a bounded stretch a call: removes sessions that were over before `dead_before` among the
/// next sessions_swept after `cursor`. Hands back the cursor for the next call; the nil one when the end was
/// reached.
inline constexpr int sessions_swept = 1000;
Uuid purge_sessions(db::Tx& tx, const Uuid& cursor, Instant dead_before);
/// Removes the lines from before `before`: no access token is older than that. Not the newest, from which
/// last_revocation() knows how far the numbers have got.
std::int64_t purge_revocations(db::Tx& tx, Instant before);

}  // namespace usher::sessions
