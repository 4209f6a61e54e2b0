#include "base/fault.hpp"
#include "crypto/key_kinds.hpp"
#include "crypto/random.hpp"

#include <sodium.h>

#include <string>

namespace usher::crypto {
namespace {

constexpr std::size_t public_bytes = crypto_sign_PUBLICKEYBYTES;
constexpr std::size_t seed_bytes = crypto_sign_SEEDBYTES;
constexpr std::size_t signature_bytes = crypto_sign_BYTES;

/// libsodium signs and verifies (it refuses points of small order and encodings that are not canonical, RFC
/// 8032 section 5.1.7); OpenSSL only writes and reads the files.
class EddsaPublic final : public PublicKey {
 public:
  explicit EddsaPublic(std::string x) : x_{std::move(x)} {}

  Algorithm algorithm() const override { return Algorithm::eddsa; }

  bool verify(std::string_view message, std::string_view signature) const override
  {
    return signature.size() == signature_bytes &&
           crypto_sign_verify_detached(octets(signature), octets(message), message.size(), octets(x_)) == 0;
  }

  PublicParameters parameters() const override { return {.x = x_}; }

  std::string pem() const override
  {
    const Owned<EVP_PKEY> key{EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets(x_), x_.size())};
    return public_to_pem(key.get());
  }

 private:
  std::string x_;
};

class EddsaPrivate final : public PrivateKey {
 public:
  EddsaPrivate(Secret pair, PublicKeyPtr public_key) : pair_{std::move(pair)}, public_{std::move(public_key)}
  {
  }

  Algorithm algorithm() const override { return Algorithm::eddsa; }

  std::string sign(std::string_view message) const override
  {
    std::string signature(signature_bytes, '\0');
    crypto_sign_detached(octets(signature), nullptr, octets(message), message.size(), octets(pair_.reveal()));
    return signature;
  }

  Secret pem() const override
  {
    // libsodium's secret key is the seed followed by the public key.
    const Owned<EVP_PKEY> key{
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, octets(pair_.reveal()), seed_bytes)
    };
    return private_to_pem(key.get());
  }

  PublicKeyPtr public_key() const override { return public_; }

 private:
  Secret pair_;
  PublicKeyPtr public_;
};

PrivateKeyPtr from_seed(const Secret& seed)
{
  std::string public_key(public_bytes, '\0');
  std::string pair(crypto_sign_SECRETKEYBYTES, '\0');
  crypto_sign_seed_keypair(octets(public_key), octets(pair), octets(seed.reveal()));
  return std::make_shared<const EddsaPrivate>(
      Secret{std::move(pair)}, std::make_shared<const EddsaPublic>(std::move(public_key))
  );
}

}  // namespace

PrivateKeyPtr generate_eddsa()
{
  return from_seed(Secret{random_bytes(seed_bytes)});
}

PrivateKeyPtr eddsa_private(const Owned<EVP_PKEY>& key)
{
  const CleanErrors clean;
  std::string seed(seed_bytes, '\0');
  std::size_t length = seed.size();
  if (!key || EVP_PKEY_get_raw_private_key(key.get(), octets(seed), &length) != 1 || length != seed.size()) {
    return nullptr;
  }
  return from_seed(Secret{std::move(seed)});
}

PublicKeyPtr eddsa_public(const Owned<EVP_PKEY>& key)
{
  const CleanErrors clean;
  std::string x(public_bytes, '\0');
  std::size_t length = x.size();
  if (!key || EVP_PKEY_get_raw_public_key(key.get(), octets(x), &length) != 1 || length != x.size()) {
    return nullptr;
  }
  return eddsa_public(PublicParameters{.x = std::move(x)});
}

PublicKeyPtr eddsa_public(const PublicParameters& parameters)
{
  if (parameters.x.size() != public_bytes || crypto_core_ed25519_is_valid_point(octets(parameters.x)) != 1) {
    return nullptr;
  }
  return std::make_shared<const EddsaPublic>(parameters.x);
}

}  // namespace usher::crypto
