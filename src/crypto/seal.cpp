#include "crypto/seal.hpp"

#include "base/fault.hpp"
#include "crypto/openssl.hpp"
#include "crypto/random.hpp"

#include <sodium.h>

namespace usher::crypto {
namespace {

constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

}  // namespace

MasterKey::MasterKey(Secret bytes) : bytes_{std::move(bytes)}
{
  if (bytes_.reveal().size() != crypto_aead_xchacha20poly1305_ietf_KEYBYTES) {
    throw Fault{"the master key is not 32 bytes long"};
  }
}

std::string MasterKey::seal(std::string_view secret, std::string_view purpose) const
{
  // 192 random bits of nonce: no two seals share one.
  std::string sealed = random_bytes(nonce_bytes);
  sealed.resize(nonce_bytes + secret.size() + tag_bytes);
  unsigned char* out = octets(sealed);
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      out + nonce_bytes,
      nullptr,
      octets(secret),
      secret.size(),
      octets(purpose),
      purpose.size(),
      nullptr,
      out,
      octets(bytes_.reveal())
  );
  return sealed;
}

std::optional<Secret> MasterKey::open(std::string_view sealed, std::string_view purpose) const
{
  if (sealed.size() < nonce_bytes + tag_bytes) {
    return std::nullopt;
  }
  const std::string_view body = sealed.substr(nonce_bytes);
  std::string secret(body.size() - tag_bytes, '\0');
  const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
      octets(secret),
      nullptr,
      nullptr,
      octets(body),
      body.size(),
      octets(purpose),
      purpose.size(),
      octets(sealed),
      octets(bytes_.reveal())
  );
  if (failed != 0) {
    return std::nullopt;
  }
  return Secret{std::move(secret)};
}

}  // namespace usher::crypto
