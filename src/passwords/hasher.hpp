#pragma once

#include "base/secret.hpp"
#include "passwords/argon2.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace usher::passwords {

/// No password of length_max characters is longer, however it is composed; what is longer is never hashed.
inline constexpr std::size_t password_bytes_max = 16UL * 1024;

struct Verdict {
  bool matches{false};
  bool outdated{false};  ///< right, but of another format or cost: store a new hash
};

/// Hashes and verifies here and now. Any number of threads at once.
class Hasher {
 public:
  explicit Hasher(Argon2Cost ours);

  /// An empty `stored`, or one of no known format, costs what one of ours costs and does not match.
  Verdict verify(const Secret& password, const std::string& stored) const;
  std::string hash(const Secret& password) const;

  /// Hashes computed so far.
  std::uint64_t hashed() const noexcept { return hashed_.load(std::memory_order_relaxed); }

 private:
  Verdict verify_argon2(std::string_view password, const std::string& stored) const;
  void count() const noexcept { hashed_.fetch_add(1, std::memory_order_relaxed); }

  Argon2Cost ours_;
  std::string nobodys_;  ///< hash of a password that nobody knows
  mutable std::atomic<std::uint64_t> hashed_{0};
};

}  // namespace usher::passwords
