#pragma once

#include "openssl.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace usher::verify {

enum class Algorithm { es256, eddsa, rs256, hs256 };

std::string_view name_of(Algorithm algorithm);

/// One key that signs tokens. Its kind alone decides the algorithm (RFC 8725 section 3.1).
class Key {
 public:
  Key(Algorithm algorithm, std::string kid, Owned<EVP_PKEY> key, std::string identity);
  Key(std::string kid, Owned<EVP_MAC_CTX> keyed, std::string identity);

  /// Any thread. Prepared contexts are kept per thread, so that only the first call of a thread pays for one.
  bool verify(std::string_view message, std::string_view signature) const;

  Algorithm algorithm() const noexcept { return algorithm_; }
  /// Empty for a key that has no name (from PEM, or a secret): it is tried for every token.
  const std::string& kid() const noexcept { return kid_; }
  /// Equal for equal keys.
  const std::string& identity() const noexcept { return identity_; }

 private:
  bool is_signed(std::string_view message, std::string_view signature) const;

  Algorithm algorithm_;
  std::string kid_;
  Owned<EVP_PKEY> key_;
  Owned<EVP_MAC_CTX> keyed_;
  std::string identity_;
  std::uint64_t number_;  ///< never given twice, unlike an address
};

using KeyPtr = std::shared_ptr<const Key>;

/// An immutable set of keys.
class KeySet {
 public:
  explicit KeySet(std::vector<KeyPtr> keys) : keys_{std::move(keys)} {}

  /// The key of that name, else one that has none, else nothing.
  KeyPtr find(std::string_view kid) const;
  const std::vector<KeyPtr>& keys() const noexcept { return keys_; }

 private:
  std::vector<KeyPtr> keys_;
};

/// RFC 7517. Keys that do not fit (another kind, another use, an RSA key below 2048 bits) are left out;
/// nothing when it is not a JWKS at all. Symmetric keys are only taken where `secrets` says so: never off the
/// network.
enum class Secrets { refused, taken };
std::optional<KeySet> parse_jwks(std::string_view text, Secrets secrets);

/// A JWKS or one JWK, a public key in PEM, or the base64url of an HS256 secret of at least 32 bytes, which no
/// form of a public key is ever taken for.
std::optional<KeySet> parse_keys(std::string_view text);

using Sha256 = std::array<unsigned char, 32>;
Sha256 sha256(std::string_view bytes);

}  // namespace usher::verify
