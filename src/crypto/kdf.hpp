#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// For password hashes that other systems made; ours are Argon2id (passwords/argon2.hpp).

namespace usher::crypto {

enum class KdfDigest { sha256, sha512 };

struct Pbkdf2 {
  KdfDigest digest{KdfDigest::sha256};
  std::uint64_t iterations{0};
  std::string_view salt{};
  std::size_t bytes{0};  ///< of the answer
};

/// RFC 8018 section 5.2. Throws Fault when OpenSSL cannot.
std::string pbkdf2(std::string_view password, const Pbkdf2& how);

struct Scrypt {
  std::uint64_t n{0};  ///< a power of two over 1
  std::uint32_t r{0};
  std::uint32_t p{0};
  std::string_view salt{};
  std::size_t bytes{0};  ///< of the answer
};

/// RFC 7914; takes 128 * n * r bytes of memory. Throws Fault when OpenSSL cannot.
std::string scrypt(std::string_view password, const Scrypt& how);

}  // namespace usher::crypto
