#pragma once

#include "crypto/key.hpp"
#include "crypto/openssl.hpp"

#include <memory>
#include <string>
#include <string_view>

// Inside this module only: what key.cpp chooses from. Each kind lives in a file of its own. Loaders answer
// with nullptr for what is not such a key; only a failing machine throws.

namespace usher::crypto {

using PrivateKeyPtr = std::shared_ptr<const PrivateKey>;
using PublicKeyPtr = std::shared_ptr<const PublicKey>;

// es256.cpp
PrivateKeyPtr generate_es256();
PrivateKeyPtr es256_private(Owned<EVP_PKEY> key);
PublicKeyPtr es256_public(Owned<EVP_PKEY> key);
PublicKeyPtr es256_public(const PublicParameters& parameters);

// eddsa.cpp
PrivateKeyPtr generate_eddsa();
PrivateKeyPtr eddsa_private(const Owned<EVP_PKEY>& key);
PublicKeyPtr eddsa_public(const Owned<EVP_PKEY>& key);
PublicKeyPtr eddsa_public(const PublicParameters& parameters);

// rs256.cpp
PrivateKeyPtr generate_rs256();
PrivateKeyPtr rs256_private(Owned<EVP_PKEY> key, int bits_min);
PublicKeyPtr rs256_public(Owned<EVP_PKEY> key, int bits_min);
PublicKeyPtr rs256_public(const PublicParameters& parameters, int bits_min);

// hs256.cpp
PrivateKeyPtr generate_hs256();
PrivateKeyPtr hs256_private(std::string_view secret_base64url);
PublicKeyPtr hs256_public(std::string_view secret);

// pem.cpp. `type` is OpenSSL's name for the kind of key; nullptr for any other kind, encrypted or broken PEM.
Owned<EVP_PKEY> private_from_pem(std::string_view pem, const char* type);
Owned<EVP_PKEY> public_from_pem(std::string_view pem, const char* type);
Secret private_to_pem(EVP_PKEY* key);      ///< PKCS#8
std::string public_to_pem(EVP_PKEY* key);  ///< SubjectPublicKeyInfo

// evp.cpp
Owned<EVP_PKEY> new_key(const char* type, const OSSL_PARAM* parameters);
Owned<EVP_PKEY> public_from_parameters(const char* type, OSSL_PARAM_BLD* builder);
/// A context ready to sign (or verify) a SHA-256 digest; copied for each use, so that any thread may.
Owned<EVP_PKEY_CTX> signing_context(EVP_PKEY* key);
Owned<EVP_PKEY_CTX> verifying_context(EVP_PKEY* key);
std::string sign_digest(const EVP_PKEY_CTX* prepared, std::string_view message);
bool verify_digest(const EVP_PKEY_CTX* prepared, std::string_view message, std::string_view signature);

}  // namespace usher::crypto
