#include "tokens/jwk/jwk.hpp"

#include "tokens/jwk/wire.hpp"

#include <array>

namespace usher::tokens {
namespace {

Result<std::vector<VerifyingKey>> from_pem(std::string_view text)
{
  constexpr std::array kinds{crypto::Algorithm::es256, crypto::Algorithm::eddsa, crypto::Algorithm::rs256};
  for (const crypto::Algorithm algorithm : kinds) {
    if (auto key = crypto::load_public_key(algorithm, text, foreign_rsa_bits_min)) {
      return std::vector{VerifyingKey{.algorithm = algorithm, .key = std::move(key)}};
    }
  }
  return refuse(keys_unusable);
}

}  // namespace

Result<std::vector<VerifyingKey>> parse_keys(std::string_view text)
{
  if (text.size() > key_text_bytes_max) {
    return refuse(keys_unusable);
  }
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const bool is_json = first != std::string_view::npos && text[first] == '{';
  return is_json ? read_keys(text) : from_pem(text);
}

std::vector<VerifyingKey> verifying_keys(const KeyRing& ring)
{
  std::vector<VerifyingKey> keys;
  for (const SigningKey& key : ring.keys()) {
    keys.push_back({.kid = key.kid, .algorithm = key.algorithm, .key = key.public_key});
  }
  return keys;
}

}  // namespace usher::tokens
