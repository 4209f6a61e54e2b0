#include "features/setup/store.hpp"

namespace usher::setup {

void insert(db::Tx& tx, std::string_view token_hash, Instant created, Instant expires)
{
  tx.execute(
      "INSERT INTO setup_links (token_hash, created_at, expires_at) VALUES ($1, $2, $3)",
      {token_hash, epoch_seconds(created), epoch_seconds(expires)}
  );
}

bool is_good(db::Tx& tx, std::string_view token_hash, Instant now)
{
  const auto found = tx.one(
      "SELECT 1 FROM setup_links WHERE token_hash = $1 AND expires_at > $2",
      {token_hash, epoch_seconds(now)},
      [](const db::Row& row) { return row.integer(0); }
  );
  return found.has_value();
}

void erase_all(db::Tx& tx)
{
  tx.execute("DELETE FROM setup_links");
}

}  // namespace usher::setup
