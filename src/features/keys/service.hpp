#pragma once

#include "base/caller.hpp"
#include "base/clock.hpp"
#include "base/published.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "crypto/key.hpp"
#include "crypto/seal.hpp"
#include "db/database.hpp"
#include "features/keys/key.hpp"
#include "tokens/keyring.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace usher::keys {

/// How long others may keep the key set (Cache-Control of /.well-known/jwks.json).
inline constexpr std::chrono::seconds jwks_max_age{300};
/// A retired key stays a little longer than its last token, for clocks and nodes that are not quite together.
inline constexpr std::chrono::seconds retired_spare{60};

struct Options {
  crypto::Algorithm algorithm{crypto::Algorithm::es256};  ///< tokens.alg
  std::chrono::seconds rotate_every{90 * 86400};          ///< tokens.rotate_every; 0: only by hand
  /// How long a retired key stays published: the longest life of an access token, leeway included.
  std::chrono::seconds retired_for{900};
  /// How long a key has been published before it may sign, so that nobody meets a token of a key he has not.
  std::chrono::seconds published_for{jwks_max_age};
};

inline constexpr Refusal key_invalid{
    Kind::invalid,
    "key_invalid",
    "Not a usable key",
    "Give a private key in PEM for the configured algorithm: P-256, Ed25519 or RSA with at least 3072 bits."
};
inline constexpr Refusal key_exists{
    Kind::conflict, "key_exists", "Key exists", "This key is one of the service's own already."
};
inline constexpr Refusal key_not_found{
    Kind::not_found, "key_not_found", "No such key", "There is no signing key of that id."
};

/// Brings the keys to what a start needs, and is a no-op when they are: an active key of the configured
/// algorithm, a next one published ahead of its use, and the secrets for refresh tokens and cursors. When the
/// configured algorithm has changed, a new key takes over at once and the old one retires.
Result<Done> ensure_keys(db::Tx& tx, const crypto::MasterKey& master, const Options& options, Instant now);

/// Throws Fault when the master key does not open what the database holds.
std::shared_ptr<const tokens::KeyRing> load_ring(db::Tx& tx, const crypto::MasterKey& master);

/// The secret of that name, made at the first call of ensure_keys. Throws as load_ring does.
inline constexpr std::string_view refresh_secret = "refresh";
inline constexpr std::string_view cursor_secret = "cursor";
Secret load_secret(db::Tx& tx, const crypto::MasterKey& master, std::string_view name);

inline constexpr Refusal key_in_use{
    Kind::conflict, "key_in_use", "Key in use", "This key signs now; rotate first."
};

inline constexpr Refusal key_too_young{
    Kind::conflict,
    "key_too_young",
    "Next key too young",
    "Others may not have the next key yet: it is published for 5 minutes before it signs."
};

struct Rotated {
  std::string active;   ///< what signs from now on
  std::string retired;  ///< what signed until now
  std::string next;     ///< published from now on
  Instant retired_gone{};
};

/// next becomes active, active retires, a new next is made; writes an audit event. Refuses with
/// key_too_young.
Result<Rotated> rotate(
    db::Tx& tx, const crypto::MasterKey& master, const Options& options, const Origin& origin, Instant now
);

/// Removes a key that does not sign now, at once and with all tokens it signed: for one that has leaked. A
/// next key is replaced by a new one. Refuses with key_not_found, key_in_use.
Result<Done> drop(
    db::Tx& tx, const crypto::MasterKey& master, std::string_view kid, const Origin& origin, Instant now
);

/// Removes retired keys whose last token has died, and rotates when that is due and the next key is old
/// enough. To be called now and then.
Result<std::optional<Rotated>> maintain(
    db::Tx& tx, const crypto::MasterKey& master, const Options& options, Instant now
);

/// Pure.
bool rotation_due(const std::vector<KeyRecord>& keys, Instant now, std::chrono::seconds every);

/// Takes a private key made elsewhere as the next one (the present next one, never used, goes). Hands back
/// its kid. Refuses with key_invalid, key_exists.
struct Import {
  crypto::Algorithm algorithm{};
  const Secret& pem;
};
Result<std::string> import_key(
    db::Tx& tx, const crypto::MasterKey& master, const Import& wanted, const Origin& origin, Instant now
);

/// PKCS#8 PEM; for HS256 the secret in base64url. Refuses with key_not_found.
Result<Secret> export_private(
    db::Tx& tx, const crypto::MasterKey& master, std::string_view kid, const Origin& origin, Instant now
);

/// Publishes the ring anew after every change of the keys, by whichever node. All three outlive `database`'s
/// listening.
void follow(db::Database& database, const crypto::MasterKey& master, Published<tokens::KeyRing>& ring);

}  // namespace usher::keys
