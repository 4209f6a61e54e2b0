#pragma once

#include "base/secret.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace usher::crypto {

/// HMAC-SHA-256 (RFC 2104) with one key. Immutable; any number of threads at once.
class HmacKey {
 public:
  explicit HmacKey(Secret key) : key_{std::move(key)} {}

  std::string sign(std::string_view message) const;                         ///< 32 bytes
  bool verify(std::string_view message, std::string_view signature) const;  ///< constant time

 private:
  Secret key_;
};

}  // namespace usher::crypto
