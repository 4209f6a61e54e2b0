#include "features/sessions/store.hpp"

#include "base/result.hpp"
#include "features/sessions/rules.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace usher::sessions {
namespace {

constexpr int ended_at_once_max = 1000;  // by one login; the next takes the rest
constexpr std::int64_t numbers_a_second = 1'000'000;
/// A trillion below what every JSON reader takes whole (RFC 8259 section 6), whatever the clock says.
constexpr std::int64_t start_max = 9'007'199'254'740'991 - 1'000'000'000'000;

/// The text of a Uuid for as long as a statement needs it, without a heap allocation.
class Key {
 public:
  explicit Key(const Uuid& id) : text_{text_of(id)} {}

  std::string_view text() const { return {text_.data(), text_.size()}; }

 private:
  std::array<char, 36> text_;
};

Uuid uuid_at(const db::Row& row, int column)
{
  const std::optional<Uuid> id = parse_uuid(row.text(column));
  USHER_ASSERT(id.has_value());
  return *id;
}

/// In the order of the SELECTs below.
Session session_from(const db::Row& row)
{
  Session session{
      .id = uuid_at(row, 0),
      .user = users::UserId{row.integer(1)},
      .generation = row.integer(2),
      .counter = row.integer(3),
      .created = from_epoch(row.integer(4)),
      .refreshed = from_epoch(row.integer(5)),
      .idle_expires = from_epoch(row.integer(6)),
      .expires = from_epoch(row.integer(7)),
      .auth_time = from_epoch(row.integer(8)),
      .amr = std::string{row.text(9)},
      .user_agent = std::string{row.text(10)},
      .address = std::string{row.text(11)},
  };
  if (!row.null(12)) {
    session.ended = from_epoch(row.integer(12));
    session.end_reason = parse_end_reason(row.text(13));
  }
  return session;
}

void note_revoked(db::Tx& tx, const Uuid& session, users::UserId user, Instant now)
{
  tx.execute(
      "INSERT INTO revocations (session_id, user_id, at) VALUES ($1, $2, $3)",
      {Key{session}.text(), user.value, epoch_seconds(now)}
  );
  tx.notify("revocations");
}

}  // namespace

void insert(db::Tx& tx, const Session& session)
{
  tx.execute(
      "INSERT INTO sessions (id, user_id, generation, counter, created_at, refreshed_at, idle_expires_at,"
      " expires_at, auth_time, amr, user_agent, address)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
      {Key{session.id}.text(),
       session.user.value,
       session.generation,
       session.counter,
       epoch_seconds(session.created),
       epoch_seconds(session.refreshed),
       epoch_seconds(session.idle_expires),
       epoch_seconds(session.expires),
       epoch_seconds(session.auth_time),
       session.amr,
       session.user_agent,
       session.address}
  );
}

std::optional<Session> find(db::Tx& tx, const Uuid& id)
{
  return tx.one(
      "SELECT id, user_id, generation, counter, created_at, refreshed_at, idle_expires_at, expires_at, "
      "auth_time,"
      " amr, user_agent, address, ended_at, end_reason FROM sessions WHERE id = $1",
      {Key{id}.text()},
      session_from
  );
}

std::vector<Session> alive_of(db::Tx& tx, users::UserId user, Instant now)
{
  return tx.all(
      "SELECT id, user_id, generation, counter, created_at, refreshed_at, idle_expires_at, expires_at, "
      "auth_time,"
      " amr, user_agent, address, ended_at, end_reason FROM sessions"
      " WHERE user_id = $1 AND ended_at IS NULL AND idle_expires_at > $2 ORDER BY id DESC LIMIT $3",
      {user.value, epoch_seconds(now), live_sessions_max},
      session_from
  );
}

std::vector<Session> over_of(db::Tx& tx, users::UserId user, const Period& period)
{
  return tx.all(
      "SELECT id, user_id, generation, counter, created_at, refreshed_at, idle_expires_at, expires_at, "
      "auth_time,"
      " amr, user_agent, address, ended_at, end_reason FROM sessions"
      " WHERE user_id = $1 AND COALESCE(ended_at, idle_expires_at) > $2"
      " AND (ended_at IS NOT NULL OR idle_expires_at <= $3) ORDER BY id DESC LIMIT $4",
      {user.value, epoch_seconds(period.since), epoch_seconds(period.now), over_shown_max},
      session_from
  );
}

bool rotate(db::Tx& tx, const Rotation& rotation)
{
  return tx.execute(
             "UPDATE sessions SET counter = counter + 1, refreshed_at = $3, idle_expires_at = $4"
             " WHERE id = $1 AND counter = $2 AND ended_at IS NULL",
             {Key{rotation.id}.text(),
              rotation.from,
              epoch_seconds(rotation.now),
              epoch_seconds(rotation.idle_expires)}
         ) == 1;
}

bool authenticated_again(db::Tx& tx, const Uuid& id, Instant auth_time)
{
  return tx.execute(
             "UPDATE sessions SET auth_time = $2 WHERE id = $1 AND ended_at IS NULL",
             {Key{id}.text(), epoch_seconds(auth_time)}
         ) == 1;
}

bool end(db::Tx& tx, const Uuid& id, EndReason reason, Instant now)
{
  const auto user = tx.one(
      "UPDATE sessions SET ended_at = $2, end_reason = $3 WHERE id = $1 AND ended_at IS NULL RETURNING "
      "user_id",
      {Key{id}.text(), epoch_seconds(now), name_of(reason)},
      [](const db::Row& row) { return users::UserId{row.integer(0)}; }
  );
  if (user) {
    note_revoked(tx, id, *user, now);
  }
  return user.has_value();
}

std::int64_t end_all(
    db::Tx& tx, users::UserId user, EndReason reason, const std::optional<Uuid>& except, Instant now
)
{
  const Key kept{except.value_or(Uuid{})};
  const std::int64_t ended = tx.execute(
      "INSERT INTO revocations (session_id, user_id, at) SELECT id, user_id, $2 FROM sessions"
      " WHERE user_id = $1 AND id <> $3 AND ended_at IS NULL",
      {user.value, epoch_seconds(now), kept.text()}
  );
  if (ended == 0) {
    return 0;
  }
  tx.execute(
      "UPDATE sessions SET"
      " ended_at = CASE WHEN expires_at <= $2 THEN idle_expires_at ELSE $2 END,"
      " end_reason = CASE WHEN expires_at <= $2 THEN 'expired' ELSE $4 END"
      " WHERE user_id = $1 AND id <> $3 AND ended_at IS NULL",
      {user.value, epoch_seconds(now), kept.text(), name_of(reason)}
  );
  tx.notify("revocations");
  return ended;
}

std::vector<Ended> make_room(db::Tx& tx, users::UserId user, Instant now)
{
  // At most one in the ordinary course. What ran out is taken along, so that it cannot pile up either.
  std::vector<Ended> ended = tx.all(
      "UPDATE sessions SET"
      " ended_at = CASE WHEN idle_expires_at <= $2 THEN idle_expires_at ELSE $2 END,"
      " end_reason = CASE WHEN idle_expires_at <= $2 THEN 'expired' ELSE 'too_many' END"
      " WHERE id IN (SELECT id FROM sessions WHERE user_id = $1 AND ended_at IS NULL"
      " ORDER BY CASE WHEN idle_expires_at <= $2 THEN 1 ELSE 0 END, id DESC LIMIT $3 OFFSET $4)"
      " RETURNING id, end_reason",
      {user.value, epoch_seconds(now), ended_at_once_max, live_sessions_max - 1},
      [](const db::Row& row) {
        return Ended{
            .session = uuid_at(row, 0), .reason = parse_end_reason(row.text(1)).value_or(EndReason::too_many)
        };
      }
  );
  for (const Ended& one : ended) {
    note_revoked(tx, one.session, user, now);
  }
  return ended;
}

void revoke_user(db::Tx& tx, users::UserId user, std::int64_t generation, Instant now)
{
  tx.execute(
      "INSERT INTO revocations (user_id, generation, at) VALUES ($1, $2, $3)",
      {user.value, generation, epoch_seconds(now)}
  );
  tx.notify("revocations");
}

void adopt_generation(db::Tx& tx, const Uuid& session, std::int64_t generation)
{
  tx.execute(
      "UPDATE sessions SET generation = $2 WHERE id = $1 AND ended_at IS NULL",
      {Key{session}.text(), generation}
  );
}

void start_numbers_at(db::Tx& tx, Instant now)
{
  const std::int64_t number = std::min(epoch_seconds(now), start_max / numbers_a_second) * numbers_a_second;
  tx.execute(
      "INSERT INTO revocations (seq, user_id, generation, at) SELECT $1, 0, 0, $2"
      " WHERE $1 > (SELECT COALESCE(MAX(seq), 0) FROM revocations)",
      {number, epoch_seconds(now)}
  );
}

std::int64_t last_revocation(db::Tx& tx)
{
  return tx
      .one(
          "SELECT COALESCE(MAX(seq), 0) FROM revocations",
          {},
          [](const db::Row& row) { return row.integer(0); }
      )
      .value_or(0);
}

std::vector<Revocation> revocations_since(db::Tx& tx, std::int64_t seq)
{
  return tx.all(
      "SELECT seq, session_id, user_id, generation, at FROM revocations WHERE seq > $1 ORDER BY seq LIMIT $2",
      {seq, revocations_batch},
      [](const db::Row& row) {
        return Revocation{
            .seq = row.integer(0),
            .session = row.null(1) ? std::nullopt : std::optional{uuid_at(row, 1)},
            .user = users::UserId{row.integer(2)},
            .generation = row.null(3) ? 0 : row.integer(3),
            .at = from_epoch(row.integer(4)),
        };
      }
  );
}

Uuid purge_sessions(db::Tx& tx, const Uuid& cursor, Instant dead_before)
{
  const auto last = tx.one(
      "SELECT MAX(id), COUNT(*) FROM (SELECT id FROM sessions WHERE id > $1 ORDER BY id LIMIT $2) AS stretch",
      {Key{cursor}.text(), sessions_swept},
      [](const db::Row& row) { return row.integer(1) < 1 ? Uuid{} : uuid_at(row, 0); }
  );
  if (!last || !*last) {
    return {};
  }
  tx.execute(
      "DELETE FROM sessions WHERE id > $1 AND id <= $2 AND COALESCE(ended_at, idle_expires_at) < $3",
      {Key{cursor}.text(), Key{*last}.text(), epoch_seconds(dead_before)}
  );
  return *last;
}

std::int64_t purge_revocations(db::Tx& tx, Instant before)
{
  return tx.execute(
      "DELETE FROM revocations WHERE at < $1 AND seq < (SELECT MAX(seq) FROM revocations)",
      {epoch_seconds(before)}
  );
}

}  // namespace usher::sessions
