#include "features/keys/store.hpp"

#include "base/fault.hpp"

#include <cstddef>

namespace usher::keys {
namespace {

db::Blob bytes_of(std::string_view text)
{
  return std::as_bytes(std::span{text});
}

std::string text_of(db::Blob bytes)
{
  std::string text(bytes.size(), '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    text[i] = static_cast<char>(bytes[i]);
  }
  return text;
}

std::optional<Instant> maybe_instant(const db::Row& row, int column)
{
  return row.null(column) ? std::nullopt : std::optional{from_epoch(row.integer(column))};
}

/// In the order of the SELECTs below.
KeyRecord record_from(const db::Row& row)
{
  const auto algorithm = crypto::parse_algorithm(row.text(1));
  const auto state = tokens::parse_key_state(row.text(2));
  if (!algorithm || !state) {
    throw Fault{"the table signing_keys holds an algorithm or a state that this program does not know"};
  }
  return {
      .kid = std::string{row.text(0)},
      .algorithm = *algorithm,
      .state = *state,
      .private_sealed = row.null(3) ? std::string{} : text_of(row.blob(3)),
      .public_pem = std::string{row.text(4)},
      .created = from_epoch(row.integer(5)),
      .activated = maybe_instant(row, 6),
      .retired = maybe_instant(row, 7),
  };
}

}  // namespace

std::vector<KeyRecord> all(db::Tx& tx)
{
  return tx.all(
      "SELECT kid, algorithm, state, private_sealed, public_pem, created_at, activated_at, retired_at"
      " FROM signing_keys ORDER BY created_at, kid",
      {},
      record_from
  );
}

std::optional<KeyRecord> find(db::Tx& tx, std::string_view kid)
{
  return tx.one(
      "SELECT kid, algorithm, state, private_sealed, public_pem, created_at, activated_at, retired_at"
      " FROM signing_keys WHERE kid = $1",
      {kid},
      record_from
  );
}

std::optional<KeyRecord> find_by_state(db::Tx& tx, tokens::KeyState state)
{
  return tx.one(
      "SELECT kid, algorithm, state, private_sealed, public_pem, created_at, activated_at, retired_at"
      " FROM signing_keys WHERE state = $1 ORDER BY created_at DESC",
      {tokens::name_of(state)},
      record_from
  );
}

bool insert(db::Tx& tx, const KeyRecord& key)
{
  const auto activated = key.activated ? std::optional{epoch_seconds(*key.activated)} : std::nullopt;
  const auto inserted = tx.execute(
      "INSERT INTO signing_keys (kid, algorithm, state, private_sealed, public_pem, created_at, activated_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (kid) DO NOTHING",
      {key.kid,
       crypto::name_of(key.algorithm),
       tokens::name_of(key.state),
       bytes_of(key.private_sealed),
       key.public_pem,
       epoch_seconds(key.created),
       activated}
  );
  tx.notify("keys");
  return inserted == 1;
}

void retire(db::Tx& tx, std::string_view kid, Instant now)
{
  tx.execute(
      "UPDATE signing_keys SET state = 'retired', retired_at = $2 WHERE kid = $1", {kid, epoch_seconds(now)}
  );
  tx.notify("keys");
}

void activate(db::Tx& tx, std::string_view kid, Instant now)
{
  tx.execute(
      "UPDATE signing_keys SET state = 'active', activated_at = $2 WHERE kid = $1", {kid, epoch_seconds(now)}
  );
  tx.notify("keys");
}

void erase(db::Tx& tx, std::string_view kid)
{
  tx.execute("DELETE FROM signing_keys WHERE kid = $1", {kid});
  tx.notify("keys");
}

std::int64_t erase_retired(db::Tx& tx, Instant before)
{
  const std::int64_t erased = tx.execute(
      "DELETE FROM signing_keys WHERE state = 'retired' AND retired_at < $1", {epoch_seconds(before)}
  );
  if (erased > 0) {
    tx.notify("keys");
  }
  return erased;
}

std::optional<std::string> find_secret(db::Tx& tx, std::string_view name)
{
  return tx.one("SELECT sealed FROM server_secrets WHERE name = $1", {name}, [](const db::Row& row) {
    return text_of(row.blob(0));
  });
}

void insert_secret(db::Tx& tx, std::string_view name, std::string_view sealed)
{
  tx.execute(
      "INSERT INTO server_secrets (name, sealed) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
      {name, bytes_of(sealed)}
  );
}

}  // namespace usher::keys
