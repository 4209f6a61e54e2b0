#include "crypto/digest.hpp"

#include "base/fault.hpp"
#include "crypto/base64url.hpp"
#include "crypto/openssl.hpp"

#include <sodium.h>

namespace usher::crypto {
namespace {

const EVP_MD* fetched_sha256()
{
  static const Owned<EVP_MD> digest{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
  return digest.get();
}

}  // namespace

Sha256 sha256(std::string_view bytes)
{
  // One context a thread: making one costs as much as hashing a token.
  thread_local const Owned<EVP_MD_CTX> context{EVP_MD_CTX_new()};
  Sha256 digest{};
  if (EVP_DigestInit_ex2(context.get(), fetched_sha256(), nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1) {
    throw Fault{"OpenSSL cannot compute SHA-256"};
  }
  return digest;
}

std::string sha256_base64url(std::string_view bytes)
{
  const Sha256 digest = sha256(bytes);
  return base64url(std::string{digest.begin(), digest.end()});
}

bool equal(std::string_view a, std::string_view b)
{
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace usher::crypto
