#pragma once

#include "base/result.hpp"
#include "crypto/key.hpp"
#include "tokens/keyring.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace usher::tokens {

inline constexpr Refusal keys_unusable{
    Kind::invalid,
    "keys_unusable",
    "Keys unusable",
    "Give a JWK, a JWK set or a public key as PEM: ES256, EdDSA, RS256 with 2048 bits or more, or HS256 with "
    "32 bytes."
};

inline constexpr std::size_t key_text_bytes_max = 256UL * 1024;
inline constexpr std::size_t keys_max = 64;
/// Others' keys are only verified with, and many of them still have 2048 bits.
inline constexpr int foreign_rsa_bits_min = 2048;

/// Somebody's key to check a token with.
struct VerifyingKey {
  std::string kid{};  ///< empty when it has none
  crypto::Algorithm algorithm{};
  std::shared_ptr<const crypto::PublicKey> key{};
};

/// From a JWK, a JWK set (RFC 7517) or PEM. Of a private JWK only the public half is taken. In a set, keys
/// that we do not know or that are for something else are passed over (section 5), but a set that mixes
/// secrets with public keys or names two keys alike is refused whole. Refuses with keys_unusable, also when
/// no key is left.
Result<std::vector<VerifyingKey>> parse_keys(std::string_view text);

/// What our own tokens are checked with.
std::vector<VerifyingKey> verifying_keys(const KeyRing& ring);

}  // namespace usher::tokens
