#include "crypto/key.hpp"

#include "base/fault.hpp"
#include "base/result.hpp"
#include "crypto/key_kinds.hpp"

#include <array>
#include <utility>

namespace usher::crypto {
namespace {

constexpr int rsa_bits_min_private = 3072;

constexpr std::array<std::pair<Algorithm, std::string_view>, 4> names{{
    {Algorithm::es256, "ES256"},
    {Algorithm::eddsa, "EdDSA"},
    {Algorithm::rs256, "RS256"},
    {Algorithm::hs256, "HS256"},
}};

/// OpenSSL's name of the kind of key; nullptr where there is none.
const char* type_of(Algorithm algorithm)
{
  switch (algorithm) {
    case Algorithm::es256: return "EC";
    case Algorithm::eddsa: return "ED25519";
    case Algorithm::rs256: return "RSA";
    case Algorithm::hs256: break;
  }
  return nullptr;
}

PrivateKeyPtr generated(Algorithm algorithm)
{
  switch (algorithm) {
    case Algorithm::es256: return generate_es256();
    case Algorithm::eddsa: return generate_eddsa();
    case Algorithm::rs256: return generate_rs256();
    case Algorithm::hs256: return generate_hs256();
  }
  return nullptr;
}

}  // namespace

std::string_view name_of(Algorithm algorithm)
{
  for (const auto& [known, name] : names) {
    if (known == algorithm) {
      return name;
    }
  }
  return {};
}

std::optional<Algorithm> parse_algorithm(std::string_view name)
{
  for (const auto& [algorithm, known] : names) {
    if (known == name) {
      return algorithm;
    }
  }
  return std::nullopt;
}

std::shared_ptr<const PrivateKey> generate_key(Algorithm algorithm)
{
  PrivateKeyPtr key = generated(algorithm);
  if (!key) {
    throw Fault{"a new key could not be made"};
  }
  return key;
}

std::shared_ptr<const PrivateKey> load_private_key(Algorithm algorithm, const Secret& pem)
{
  if (algorithm == Algorithm::hs256) {
    return hs256_private(pem.reveal());
  }
  Owned<EVP_PKEY> key = private_from_pem(pem.reveal(), type_of(algorithm));
  if (algorithm == Algorithm::eddsa) {
    return eddsa_private(key);
  }
  return algorithm == Algorithm::es256 ? es256_private(std::move(key))
                                       : rs256_private(std::move(key), rsa_bits_min_private);
}

std::shared_ptr<const PublicKey> load_public_key(Algorithm algorithm, std::string_view pem, int rsa_bits_min)
{
  if (algorithm == Algorithm::hs256) {
    return nullptr;  // a secret has no public half, and a public key never becomes a secret
  }
  Owned<EVP_PKEY> key = public_from_pem(pem, type_of(algorithm));
  if (algorithm == Algorithm::eddsa) {
    return eddsa_public(key);
  }
  return algorithm == Algorithm::es256 ? es256_public(std::move(key))
                                       : rs256_public(std::move(key), rsa_bits_min);
}

std::shared_ptr<const PublicKey> make_public_key(
    Algorithm algorithm, const PublicParameters& parameters, int rsa_bits_min
)
{
  switch (algorithm) {
    case Algorithm::es256: return es256_public(parameters);
    case Algorithm::eddsa: return eddsa_public(parameters);
    case Algorithm::rs256: return rs256_public(parameters, rsa_bits_min);
    case Algorithm::hs256: break;
  }
  return nullptr;
}

std::shared_ptr<const PublicKey> make_hmac_verifier(const Secret& secret)
{
  return hs256_public(secret.reveal());
}

}  // namespace usher::crypto
