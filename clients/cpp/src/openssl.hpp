#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/params.h>

#include <memory>
#include <string_view>

// OpenSSL's handles, owned.

namespace usher::verify {

struct OpensslFree {
  void operator()(BIGNUM* number) const noexcept { BN_free(number); }
  void operator()(BIO* stream) const noexcept { BIO_free_all(stream); }
  void operator()(EVP_MAC_CTX* context) const noexcept { EVP_MAC_CTX_free(context); }
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
  void operator()(EVP_PKEY_CTX* context) const noexcept { EVP_PKEY_CTX_free(context); }
  void operator()(OSSL_PARAM* parameters) const noexcept { OSSL_PARAM_free(parameters); }
  void operator()(OSSL_PARAM_BLD* builder) const noexcept { OSSL_PARAM_BLD_free(builder); }
};

template <class T>
using Owned = std::unique_ptr<T, OpensslFree>;

/// Leaves nothing in the thread's error queue for somebody's TLS to trip over.
class CleanErrors {
 public:
  CleanErrors() = default;
  CleanErrors(const CleanErrors&) = delete;
  CleanErrors& operator=(const CleanErrors&) = delete;
  ~CleanErrors() { ERR_clear_error(); }
};

/// OpenSSL counts bytes as unsigned char; these are the same bytes.
// NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): char and unsigned char may alias anything
inline const unsigned char* octets(std::string_view bytes)
{
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
// NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)

}  // namespace usher::verify
