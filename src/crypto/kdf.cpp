#include "crypto/kdf.hpp"

#include "base/fault.hpp"
#include "crypto/openssl.hpp"

#include <openssl/kdf.h>

#include <array>

namespace usher::crypto {
namespace {

struct KdfFree {
  void operator()(EVP_KDF* kdf) const noexcept { EVP_KDF_free(kdf); }
  void operator()(EVP_KDF_CTX* context) const noexcept { EVP_KDF_CTX_free(context); }
};

/// OpenSSL wants to be able to write to what it only reads.
OSSL_PARAM bytes_parameter(const char* name, std::string_view bytes)
{
  // A null pointer would mean "none" instead of "empty".
  const std::string_view there = bytes.empty() ? std::string_view{""} : bytes;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast)
  return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(there.data()), there.size());
}

std::string derive(const char* name, const OSSL_PARAM* parameters, std::size_t bytes)
{
  const CleanErrors clean;
  const std::unique_ptr<EVP_KDF, KdfFree> kdf{EVP_KDF_fetch(nullptr, name, nullptr)};
  const std::unique_ptr<EVP_KDF_CTX, KdfFree> context{EVP_KDF_CTX_new(kdf.get())};
  std::string derived(bytes, '\0');
  if (!context || EVP_KDF_derive(context.get(), octets(derived), derived.size(), parameters) != 1) {
    throw Fault{std::string{"OpenSSL cannot compute "} + name};
  }
  return derived;
}

}  // namespace

std::string pbkdf2(std::string_view password, const Pbkdf2& how)
{
  std::string digest{how.digest == KdfDigest::sha256 ? "SHA256" : "SHA512"};
  std::uint64_t iterations = how.iterations;
  // The hash exists already: SP 800-132's demands on new ones do not help.
  int without_sp800_132 = 1;
  const std::array parameters{
      bytes_parameter(OSSL_KDF_PARAM_PASSWORD, password),
      bytes_parameter(OSSL_KDF_PARAM_SALT, how.salt),
      OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_ITER, &iterations),
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_int(OSSL_KDF_PARAM_PKCS5, &without_sp800_132),
      OSSL_PARAM_construct_end()
  };
  return derive("PBKDF2", parameters.data(), how.bytes);
}

std::string scrypt(std::string_view password, const Scrypt& how)
{
  std::uint64_t n = how.n;
  std::uint32_t r = how.r;
  std::uint32_t p = how.p;
  // OpenSSL stops at 32 MiB by itself; the caller has capped n, r and p.
  std::uint64_t memory_max = (128 * std::uint64_t{r} * (n + p + 2)) + 1024;
  const std::array parameters{
      bytes_parameter(OSSL_KDF_PARAM_PASSWORD, password),
      bytes_parameter(OSSL_KDF_PARAM_SALT, how.salt),
      OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
      OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
      OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
      OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &memory_max),
      OSSL_PARAM_construct_end()
  };
  return derive("SCRYPT", parameters.data(), how.bytes);
}

}  // namespace usher::crypto
