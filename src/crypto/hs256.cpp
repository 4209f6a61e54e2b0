#include "crypto/base64url.hpp"
#include "crypto/hmac.hpp"
#include "crypto/key_kinds.hpp"
#include "crypto/random.hpp"

#include <string>

namespace usher::crypto {
namespace {

/// RFC 7518 section 3.2: a key at least as long as the hash.
constexpr std::size_t secret_bytes_min = 32;

class Hs256Public final : public PublicKey {
 public:
  explicit Hs256Public(std::string_view secret) : key_{Secret{secret}} {}

  Algorithm algorithm() const override { return Algorithm::hs256; }
  bool verify(std::string_view message, std::string_view signature) const override
  {
    return key_.verify(message, signature);
  }
  PublicParameters parameters() const override { return {}; }
  std::string pem() const override { return {}; }

 private:
  HmacKey key_;
};

class Hs256Private final : public PrivateKey {
 public:
  explicit Hs256Private(std::string_view secret)
      : secret_{secret}, key_{Secret{secret}}, public_{hs256_public(secret)}
  {
  }

  Algorithm algorithm() const override { return Algorithm::hs256; }
  std::string sign(std::string_view message) const override { return key_.sign(message); }
  Secret pem() const override { return Secret{base64url(secret_.reveal())}; }
  PublicKeyPtr public_key() const override { return public_; }

 private:
  Secret secret_;
  HmacKey key_;
  PublicKeyPtr public_;
};

}  // namespace

PrivateKeyPtr generate_hs256()
{
  return std::make_shared<const Hs256Private>(Secret{random_bytes(secret_bytes_min)}.reveal());
}

PrivateKeyPtr hs256_private(std::string_view secret_base64url)
{
  std::optional<std::string> decoded = from_base64url(secret_base64url);
  if (!decoded) {
    return nullptr;
  }
  const Secret secret{std::move(*decoded)};
  return secret.reveal().size() < secret_bytes_min ? nullptr
                                                   : std::make_shared<const Hs256Private>(secret.reveal());
}

PublicKeyPtr hs256_public(std::string_view secret)
{
  return secret.size() < secret_bytes_min ? nullptr : std::make_shared<const Hs256Public>(secret);
}

}  // namespace usher::crypto
