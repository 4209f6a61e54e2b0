#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Argon2 (RFC 9106) in PHC text form: "$argon2id$v=19$m=19456,t=2,p=1$salt$hash".

namespace usher::passwords {

struct Argon2Cost {
  std::uint64_t memory_kib{0};
  std::uint64_t passes{0};

  friend bool operator==(const Argon2Cost&, const Argon2Cost&) = default;
};

/// A new Argon2id hash, one lane, 16 bytes of random salt, 32 bytes of hash. Throws PassingFault when there
/// is no memory for it.
std::string argon2id(std::string_view password, Argon2Cost cost);

/// What verifying against `stored` would cost; nothing when it is not Argon2id or Argon2i of version 0x13.
std::optional<Argon2Cost> argon2_cost(std::string_view stored);

/// `stored` is what argon2id(…, cost) would write, but for salt and hash.
bool is_argon2id_of(std::string_view stored, Argon2Cost cost);

/// Constant time in the comparison. Throws PassingFault when there is no memory for it.
bool argon2_matches(std::string_view password, const std::string& stored);

}  // namespace usher::passwords
