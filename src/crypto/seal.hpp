#pragma once

#include "base/secret.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace usher::crypto {

/// The key that seals private keys and other secrets at rest: 32 bytes from a 0600 file in the data directory
/// (made at first start) or from the environment as base64url.
class MasterKey {
 public:
  explicit MasterKey(Secret bytes);  ///< 32 bytes; anything else throws Fault

  /// XChaCha20-Poly1305; `purpose` is bound in as additional data, so that one row's secret cannot stand in
  /// for another's. Nonce first.
  std::string seal(std::string_view secret, std::string_view purpose) const;
  /// Nothing when it was sealed with another key or purpose, or was changed.
  std::optional<Secret> open(std::string_view sealed, std::string_view purpose) const;

 private:
  Secret bytes_;
};

}  // namespace usher::crypto
