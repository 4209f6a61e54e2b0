#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "tokens/jwk/jwk.hpp"
#include "tokens/keyring.hpp"
#include "tokens/refusals.hpp"

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

// For the command line: tokens of any service, without a server. No cache, no session.

namespace usher::tokens {

/// What a token is held against besides its signature. An empty issuer or audience is not asked for.
struct Demands {
  Instant now{};
  std::string issuer{};
  std::string audience{};
  std::chrono::seconds leeway{0};
};

/// Decoded, byte for byte as the signer wrote it.
struct Decoded {
  std::string header;
  std::string payload;
  std::size_t signature_bytes{};
};

/// Signature, algorithm, `exp`, `nbf` and the demands. Of several keys the one whose kid the token names
/// counts; a token or a key without kid tries those of its algorithm. A payload that is no JSON object is as
/// good as its signature (RFC 7515 signs anything), unless something is demanded of it. Refuses with
/// token_malformed, token_signature_invalid, token_claims_invalid, token_expired, token_not_yet_valid.
Result<Decoded> verify_with(
    std::span<const VerifyingKey> keys, std::string_view token, const Demands& demands
);

/// The same with the text of a JWK, a JWK set or a PEM file; also refuses with keys_unusable.
Result<Decoded> verify_with(std::string_view keys, std::string_view token, const Demands& demands);

/// What a token says, believed by nobody. Refuses with token_malformed.
Result<Decoded> inspect(std::string_view token);

/// Signs exactly these claims, adding nothing, as `typ` at+jwt. Refuses with token_malformed when they are
/// not one strict JSON object or too long for a token.
Result<std::string> sign_claims(std::string_view claims, const SigningKey& key);

/// JSON laid out for people, two spaces a level; text that is not a JSON object comes back as a JSON string
/// of its base64url, so that nothing in a token reaches a terminal raw.
std::string pretty(std::string_view json);

}  // namespace usher::tokens
