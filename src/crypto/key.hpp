#pragma once

#include "base/secret.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace usher::crypto {

/// JWS algorithms (RFC 7518, RFC 8037) that we sign and verify with. The key decides the algorithm.
enum class Algorithm { es256, eddsa, rs256, hs256 };

/// "ES256", "EdDSA", "RS256", "HS256".
std::string_view name_of(Algorithm algorithm);
std::optional<Algorithm> parse_algorithm(std::string_view name);

/// Public parameters as raw big-endian bytes, as they stand in a JWK before base64url.
struct PublicParameters {
  std::string x;  ///< es256, eddsa
  std::string y;  ///< es256
  std::string n;  ///< rs256
  std::string e;  ///< rs256
};

/// Verifies. Immutable; any number of threads at once.
class PublicKey {
 public:
  virtual ~PublicKey() = default;
  virtual Algorithm algorithm() const = 0;
  /// `signature` in JOSE form (ES256: 64 bytes r||s). False for anything that does not verify; never throws
  /// for what a client sent.
  virtual bool verify(std::string_view message, std::string_view signature) const = 0;
  virtual PublicParameters parameters() const = 0;  ///< empty for hs256
  virtual std::string pem() const = 0;              ///< SubjectPublicKeyInfo; empty for hs256
};

/// Signs. Immutable; any number of threads at once.
class PrivateKey {
 public:
  virtual ~PrivateKey() = default;
  virtual Algorithm algorithm() const = 0;
  virtual std::string sign(std::string_view message) const = 0;
  virtual Secret pem() const = 0;  ///< PKCS#8; for hs256 the raw secret in base64url
  virtual std::shared_ptr<const PublicKey> public_key() const = 0;
};

/// RSA with 3072 bits, HMAC secrets with 32 bytes.
std::shared_ptr<const PrivateKey> generate_key(Algorithm algorithm);

/// What PrivateKey::pem() wrote, or a foreign PKCS#8/SEC1/PKCS#1 PEM. Nothing for anything else: unknown
/// curves, RSA under 3072 bits, an exponent below 65537, encrypted PEM.
std::shared_ptr<const PrivateKey> load_private_key(Algorithm algorithm, const Secret& pem);

/// SubjectPublicKeyInfo or PKCS#1 PEM. `rsa_bits_min` as above unless a caller that only verifies says less.
std::shared_ptr<const PublicKey> load_public_key(
    Algorithm algorithm, std::string_view pem, int rsa_bits_min = 3072
);

/// From JWK parameters; nothing when they are not a key (point not on the curve, wrong lengths, weak RSA).
std::shared_ptr<const PublicKey> make_public_key(
    Algorithm algorithm, const PublicParameters& parameters, int rsa_bits_min = 3072
);

/// An HS256 key for verifying.
std::shared_ptr<const PublicKey> make_hmac_verifier(const Secret& secret);

}  // namespace usher::crypto
