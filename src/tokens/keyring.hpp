#pragma once

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "crypto/hmac.hpp"
#include "crypto/key.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace usher::tokens {

/// next: published ahead of use. active: signs. retired: published until its last token has died. gone: not
/// here.
enum class KeyState { next, active, retired };

std::string_view name_of(KeyState state);
std::optional<KeyState> parse_key_state(std::string_view text);

/// One signing key. `kid` is its RFC 7638 thumbprint (for HS256: of the "oct" key).
struct SigningKey {
  std::string kid;
  crypto::Algorithm algorithm{};
  KeyState state{};
  std::shared_ptr<const crypto::PrivateKey> key;  ///< nullptr when only the public half is known
  std::shared_ptr<const crypto::PublicKey> public_key;
};

/// RFC 7638 thumbprint with SHA-256, as base64url. Of HS256 keys the verifier alone does not know it.
std::string thumbprint(const crypto::PublicKey& key);
std::string thumbprint(const crypto::PrivateKey& key);

/// With its kid worked out.
SigningKey make_signing_key(std::shared_ptr<const crypto::PrivateKey> key, KeyState state);

/// What tokens are signed and checked with: an immutable snapshot, shared by every thread, replaced whole on
/// rotation (base/published.hpp).
class KeyRing {
 public:
  /// At most one key is active. `refresh_key` signs refresh tokens (32 bytes).
  KeyRing(std::vector<SigningKey> keys, Secret refresh_key);

  const SigningKey& active() const;
  /// nullptr when the kid is unknown.
  const SigningKey* find(std::string_view kid) const;
  const std::vector<SigningKey>& keys() const noexcept { return keys_; }
  const crypto::HmacKey& refresh_key() const noexcept { return refresh_key_; }

  /// RFC 7517 set of the public halves (never HS256 keys), ready to send, and its ETag with quotes.
  const std::string& jwks() const noexcept { return jwks_; }
  const std::string& jwks_etag() const noexcept { return jwks_etag_; }

 private:
  std::vector<SigningKey> keys_;
  crypto::HmacKey refresh_key_;
  std::string jwks_;
  std::string jwks_etag_;
};

}  // namespace usher::tokens
