#include "crypto/hmac.hpp"

#include "base/fault.hpp"
#include "crypto/digest.hpp"
#include "crypto/openssl.hpp"

#include <array>

namespace usher::crypto {
namespace {

constexpr std::size_t tag_bytes = 32;

Owned<EVP_MAC_CTX> make_context()
{
  const Owned<EVP_MAC> mac{EVP_MAC_fetch(nullptr, "HMAC", nullptr)};
  Owned<EVP_MAC_CTX> context{EVP_MAC_CTX_new(mac.get())};
  std::string digest{"SHA256"};
  const std::array parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0), OSSL_PARAM_construct_end()
  };
  if (!context || EVP_MAC_CTX_set_params(context.get(), parameters.data()) != 1) {
    throw Fault{"OpenSSL has no HMAC-SHA-256"};
  }
  return context;
}

}  // namespace

std::string HmacKey::sign(std::string_view message) const
{
  // One context a thread, keyed anew each time: 0.6 us, where a copy of a keyed one costs 0.8.
  thread_local const Owned<EVP_MAC_CTX> context = make_context();
  std::string tag(tag_bytes, '\0');
  std::size_t length = 0;
  // A null key would mean "the one before".
  const std::string_view key = key_.empty() ? std::string_view{""} : key_.reveal();
  if (EVP_MAC_init(context.get(), octets(key), key.size(), nullptr) != 1 ||
      EVP_MAC_update(context.get(), octets(message), message.size()) != 1 ||
      EVP_MAC_final(context.get(), octets(tag), &length, tag.size()) != 1 || length != tag.size()) {
    throw Fault{"OpenSSL cannot compute HMAC-SHA-256"};
  }
  return tag;
}

bool HmacKey::verify(std::string_view message, std::string_view signature) const
{
  return equal(sign(message), signature);
}

}  // namespace usher::crypto
