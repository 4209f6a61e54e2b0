#include "app/signing_keys.hpp"

#include "app/options.hpp"
#include "features/keys/store.hpp"

#include <optional>

namespace usher::app {
namespace {

std::shared_ptr<const tokens::KeyRing> loaded_ring(const crypto::MasterKey& master, db::Database& database)
{
  const auto load = [&](db::Tx& tx) {
    return Result<std::shared_ptr<const tokens::KeyRing>>{keys::load_ring(tx, master)};
  };
  return database.read_now(load).value();
}

std::optional<keys::KeyRecord> active_key(db::Database& database)
{
  const auto find = [](db::Tx& tx) {
    return Result<std::optional<keys::KeyRecord>>{keys::find_by_state(tx, tokens::KeyState::active)};
  };
  return database.read_now(find).value();
}

}  // namespace

keys::Options key_options(const config::Config& config)
{
  return {
      .algorithm = algorithm(config),
      .rotate_every = config.tokens.rotate_every,
      .retired_for = auth::access_life(token_options(config)),
  };
}

std::shared_ptr<const tokens::KeyRing> open_ring(
    const config::Config& config, const crypto::MasterKey& master, db::Database& database
)
{
  const Instant now = SystemClock{}.now();
  const Result<Done> ensured =
      database.write_now([&](db::Tx& tx) { return keys::ensure_keys(tx, master, key_options(config), now); });
  USHER_ASSERT(ensured.has_value());
  return loaded_ring(master, database);
}

std::shared_ptr<const tokens::KeyRing> open_ring_as_it_is(
    const config::Config& config, const crypto::MasterKey& master, db::Database& database
)
{
  return active_key(database) ? loaded_ring(master, database) : open_ring(config, master, database);
}

keys::Options key_options_in_use(const config::Loaded& loaded, db::Database& database)
{
  keys::Options options = key_options(loaded.config);
  const auto active = active_key(database);
  if (active && loaded.origin_of("tokens.alg") == "default") {
    options.algorithm = active->algorithm;
  }
  return options;
}

}  // namespace usher::app
