#include "base/fault.hpp"
#include "crypto/digest.hpp"
#include "crypto/key_kinds.hpp"

namespace usher::crypto {
namespace {

using Start = int (*)(EVP_PKEY_CTX*);

Owned<EVP_PKEY_CTX> context_for(EVP_PKEY* key, Start start)
{
  Owned<EVP_PKEY_CTX> context{EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr)};
  // RSA's padding is PKCS#1 v1.5 unless told otherwise.
  if (!context || start(context.get()) != 1 ||
      EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) != 1) {
    throw Fault{"OpenSSL cannot prepare a key"};
  }
  return context;
}

Owned<EVP_PKEY_CTX> copy_of(const EVP_PKEY_CTX* prepared)
{
  Owned<EVP_PKEY_CTX> context{EVP_PKEY_CTX_dup(prepared)};
  if (!context) {
    throw Fault{"OpenSSL cannot copy a prepared key"};
  }
  return context;
}

}  // namespace

Owned<EVP_PKEY> new_key(const char* type, const OSSL_PARAM* parameters)
{
  const Owned<EVP_PKEY_CTX> context{EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr)};
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_keygen_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_params(context.get(), parameters) != 1 ||
      EVP_PKEY_generate(context.get(), &key) != 1) {
    throw Fault{"OpenSSL cannot make a key"};
  }
  return Owned<EVP_PKEY>{key};
}

Owned<EVP_PKEY> public_from_parameters(const char* type, OSSL_PARAM_BLD* builder)
{
  const CleanErrors clean;
  const Owned<OSSL_PARAM> parameters{OSSL_PARAM_BLD_to_param(builder)};
  const Owned<EVP_PKEY_CTX> context{EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr)};
  EVP_PKEY* key = nullptr;
  if (!parameters || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  return Owned<EVP_PKEY>{key};
}

Owned<EVP_PKEY_CTX> signing_context(EVP_PKEY* key)
{
  return context_for(key, EVP_PKEY_sign_init);
}

Owned<EVP_PKEY_CTX> verifying_context(EVP_PKEY* key)
{
  return context_for(key, EVP_PKEY_verify_init);
}

std::string sign_digest(const EVP_PKEY_CTX* prepared, std::string_view message)
{
  const Sha256 digest = sha256(message);
  const Owned<EVP_PKEY_CTX> context = copy_of(prepared);
  std::size_t length = 0;
  std::string signature;
  if (EVP_PKEY_sign(context.get(), nullptr, &length, digest.data(), digest.size()) == 1) {
    signature.resize(length);
  }
  if (EVP_PKEY_sign(context.get(), octets(signature), &length, digest.data(), digest.size()) != 1) {
    throw Fault{"OpenSSL cannot sign"};
  }
  signature.resize(length);
  return signature;
}

// NOLINTNEXTLINE(bugprone-easily-swappable-parameters): as PublicKey::verify has it
bool verify_digest(const EVP_PKEY_CTX* prepared, std::string_view message, std::string_view signature)
{
  const Sha256 digest = sha256(message);
  const Owned<EVP_PKEY_CTX> context = copy_of(prepared);
  if (EVP_PKEY_verify(context.get(), octets(signature), signature.size(), digest.data(), digest.size()) ==
      1) {
    return true;
  }
  ERR_clear_error();
  return false;
}

}  // namespace usher::crypto
