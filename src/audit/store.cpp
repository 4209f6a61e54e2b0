#include "audit/audit.hpp"

#include <algorithm>
#include <limits>

namespace usher::audit {
namespace {

constexpr int limit_max = 500;

Entry entry(const db::Row& row)
{
  return {
      .id = row.integer(0),
      .at = from_epoch(row.integer(1)),
      .event = std::string{row.text(2)},
      .actor = row.integer(3),
      .subject = row.integer(4),
      .session = row.null(5) ? std::nullopt : parse_uuid(row.text(5)),
      .origin =
          {.address = std::string{row.text(6)},
           .user_agent = std::string{row.text(7)},
           .request_id = std::string{row.text(8)}},
      .detail = std::string{row.text(9)},
  };
}

std::vector<Entry> of_everybody(db::Tx& tx, std::int64_t before, int limit)
{
  return tx.all(
      "SELECT id, at, event, actor, subject, session, address, user_agent, request_id, detail FROM audit "
      "WHERE id < $1 ORDER BY id DESC LIMIT $2",
      {before, limit},
      entry
  );
}

std::vector<Entry> of_one(db::Tx& tx, std::int64_t subject, std::int64_t before, int limit)
{
  return tx.all(
      "SELECT id, at, event, actor, subject, session, address, user_agent, request_id, detail FROM audit "
      "WHERE subject = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
      {subject, before, limit},
      entry
  );
}

}  // namespace

void record(db::Tx& tx, const Event& event, const Origin& origin, Instant now)
{
  std::optional<std::string> session;
  if (event.session) {
    session = to_string(event.session);
  }
  tx.execute(
      "INSERT INTO audit (at, event, actor, subject, session, address, user_agent, request_id, detail) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      {epoch_seconds(now),
       event.what,
       event.actor,
       event.subject,
       session,
       origin.address,
       origin.user_agent,
       origin.request_id,
       event.detail}
  );
}

std::vector<Entry> recent(db::Tx& tx, std::int64_t subject, const Page& page)
{
  const int limit = std::clamp(page.limit, 1, limit_max);
  const std::int64_t before = page.before > 0 ? page.before : std::numeric_limits<std::int64_t>::max();
  return subject == 0 ? of_everybody(tx, before, limit) : of_one(tx, subject, before, limit);
}

}  // namespace usher::audit
