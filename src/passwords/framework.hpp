#pragma once

#include "crypto/kdf.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

// Hashes of Django and Werkzeug (Flask).

namespace usher::passwords {

/// A hash as text, taken apart. `how.salt` looks into that text.
struct Derived {
  std::variant<crypto::Pbkdf2, crypto::Scrypt> how;
  std::string hash;  ///< bytes
};

/// Django's "pbkdf2_sha256$iterations$salt$base64", Werkzeug's "pbkdf2:sha256:iterations$salt$hex" (or
/// sha512) and "scrypt:N:r:p$salt$hex"; at most five million iterations or 256 MiB.
std::optional<Derived> read_derived(std::string_view stored);

/// Compared in constant time.
bool derived_matches(std::string_view password, const Derived& wanted);

}  // namespace usher::passwords
