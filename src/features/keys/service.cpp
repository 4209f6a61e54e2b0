#include "features/keys/service.hpp"

#include "audit/audit.hpp"
#include "base/fault.hpp"
#include "crypto/random.hpp"
#include "features/keys/store.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace usher::keys {
namespace {

using crypto::MasterKey;
using tokens::KeyState;

constexpr std::size_t secret_bytes = 32;
constexpr std::array secret_names{refresh_secret, cursor_secret};

/// What each row is sealed for, so that no row's secret can stand in for another's.
std::string key_purpose(std::string_view kid)
{
  return "signing-key:" + std::string{kid};
}

std::string secret_purpose(std::string_view name)
{
  return "secret:" + std::string{name};
}

[[noreturn]] void cannot_open(const std::string& what)
{
  throw Fault{
      "the master key does not open " + what +
      "; this data needs the master key it was made with (setting master.key, USHER_MASTER_KEY, or the file "
      "master.key in the data directory)"
  };
}

KeyRecord record_of(const MasterKey& master, const crypto::PrivateKey& key, Instant now)
{
  const std::string kid = tokens::thumbprint(key);
  return {
      .kid = kid,
      .algorithm = key.algorithm(),
      .state = KeyState::next,
      .private_sealed = master.seal(key.pem().reveal(), key_purpose(kid)),
      .public_pem = key.public_key()->pem(),
      .created = now,
  };
}

/// A new next key; hands back its kid.
std::string make_next(db::Tx& tx, const MasterKey& master, crypto::Algorithm algorithm, Instant now)
{
  const KeyRecord record = record_of(master, *crypto::generate_key(algorithm), now);
  USHER_ASSERT(insert(tx, record));
  return record.kid;
}

/// The next key is made active; the one that signed until now retires. Hands back the latter's kid.
std::string promote(db::Tx& tx, std::string_view next, Instant now)
{
  std::string retired;
  if (const auto active = find_by_state(tx, KeyState::active)) {
    retired = active->kid;
    retire(tx, retired, now);
  }
  activate(tx, next, now);
  return retired;
}

void ensure_secrets(db::Tx& tx, const MasterKey& master)
{
  for (const std::string_view name : secret_names) {
    if (!find_secret(tx, name)) {
      const Secret made{crypto::random_bytes(secret_bytes)};
      insert_secret(tx, name, master.seal(made.reveal(), secret_purpose(name)));
    }
  }
}

Secret open_private(const MasterKey& master, const KeyRecord& record)
{
  std::optional<Secret> opened = master.open(record.private_sealed, key_purpose(record.kid));
  if (!opened) {
    cannot_open("signing key " + record.kid);
  }
  return *std::move(opened);
}

tokens::SigningKey signing_key(const MasterKey& master, const KeyRecord& record)
{
  auto key = crypto::load_private_key(record.algorithm, open_private(master, record));
  if (!key) {
    throw Fault{"signing key " + record.kid + " in the database is damaged"};
  }
  return tokens::make_signing_key(std::move(key), record.state);
}

}  // namespace

Result<Done> ensure_keys(db::Tx& tx, const MasterKey& master, const Options& options, Instant now)
{
  ensure_secrets(tx, master);
  auto next = find_by_state(tx, KeyState::next);
  if (next && next->algorithm != options.algorithm) {
    erase(tx, next->kid);  // published, but nothing was ever signed with it
    next.reset();
  }
  const auto active = find_by_state(tx, KeyState::active);
  if (!active || active->algorithm != options.algorithm) {
    promote(tx, next ? next->kid : make_next(tx, master, options.algorithm, now), now);
    next.reset();
  }
  if (!next) {
    make_next(tx, master, options.algorithm, now);
  }
  return Done{};
}

std::shared_ptr<const tokens::KeyRing> load_ring(db::Tx& tx, const MasterKey& master)
{
  std::vector<tokens::SigningKey> ring;
  for (const KeyRecord& record : all(tx)) {
    ring.push_back(signing_key(master, record));
  }
  return std::make_shared<const tokens::KeyRing>(std::move(ring), load_secret(tx, master, refresh_secret));
}

Secret load_secret(db::Tx& tx, const MasterKey& master, std::string_view name)
{
  const std::optional<std::string> sealed = find_secret(tx, name);
  std::optional<Secret> opened = sealed ? master.open(*sealed, secret_purpose(name)) : std::nullopt;
  if (!opened) {
    cannot_open("secret " + std::string{name});
  }
  return *std::move(opened);
}

Result<Rotated> rotate(
    db::Tx& tx, const MasterKey& master, const Options& options, const Origin& origin, Instant now
)
{
  const auto next = find_by_state(tx, KeyState::next);
  if (next && now - next->created < options.published_for) {
    return refuse(key_too_young);
  }
  Rotated rotated{.retired_gone = now + options.retired_for + retired_spare};
  rotated.active = next ? next->kid : make_next(tx, master, options.algorithm, now);
  rotated.retired = promote(tx, rotated.active, now);
  rotated.next = make_next(tx, master, options.algorithm, now);
  audit::record(tx, {.what = "key_rotated", .detail = rotated.active}, origin, now);
  return rotated;
}

Result<Done> drop(
    db::Tx& tx, const MasterKey& master, std::string_view kid, const Origin& origin, Instant now
)
{
  const auto record = find(tx, kid);
  if (!record) {
    return refuse(key_not_found);
  }
  if (record->state == KeyState::active) {
    return refuse(key_in_use);
  }
  erase(tx, kid);
  if (record->state == KeyState::next) {
    make_next(tx, master, record->algorithm, now);
  }
  audit::record(tx, {.what = "key_dropped", .detail = record->kid}, origin, now);
  return Done{};
}

Result<std::optional<Rotated>> maintain(
    db::Tx& tx, const MasterKey& master, const Options& options, Instant now
)
{
  erase_retired(tx, now - options.retired_for - retired_spare);
  if (!rotation_due(all(tx), now, options.rotate_every)) {
    return std::optional<Rotated>{};
  }
  Result<Rotated> rotated = rotate(tx, master, options, {}, now);
  // Too young: its turn comes, and nothing was written.
  return rotated ? std::optional{*std::move(rotated)} : std::nullopt;
}

bool rotation_due(const std::vector<KeyRecord>& keys, Instant now, std::chrono::seconds every)
{
  if (every.count() == 0) {
    return false;
  }
  return std::ranges::any_of(keys, [&](const KeyRecord& key) {
    return key.state == KeyState::active && key.activated && *key.activated + every <= now;
  });
}

Result<std::string> import_key(
    db::Tx& tx, const MasterKey& master, const Import& wanted, const Origin& origin, Instant now
)
{
  const auto key = crypto::load_private_key(wanted.algorithm, wanted.pem);
  if (!key) {
    return refuse(key_invalid);
  }
  const KeyRecord record = record_of(master, *key, now);
  if (find(tx, record.kid)) {
    return refuse(key_exists);
  }
  if (const auto next = find_by_state(tx, KeyState::next)) {
    erase(tx, next->kid);
  }
  USHER_ASSERT(insert(tx, record));
  audit::record(tx, {.what = "key_imported", .detail = record.kid}, origin, now);
  return record.kid;
}

Result<Secret> export_private(
    db::Tx& tx, const MasterKey& master, std::string_view kid, const Origin& origin, Instant now
)
{
  const auto record = find(tx, kid);
  if (!record) {
    return refuse(key_not_found);
  }
  Secret opened = open_private(master, *record);
  audit::record(tx, {.what = "key_exported", .detail = record->kid}, origin, now);
  return opened;
}

void follow(db::Database& database, const MasterKey& master, Published<tokens::KeyRing>& ring)
{
  database.listen("keys", [&master, &ring](db::Tx& tx) { ring.publish(load_ring(tx, master)); });
}

}  // namespace usher::keys
