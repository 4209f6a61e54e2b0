#pragma once

#include "crypto/digest.hpp"
#include "tokens/mint.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace usher::tokens {

/// Tokens whose signature was found good, by their SHA-256. One thread's own; bounded.
class Mint::Cache {
 public:
  static constexpr std::size_t entries_max = 16UL * 1024;

  struct Entry {
    AccessClaims claims{};
    Lifetime lifetime{};
    std::size_t key{};  ///< from key_number()
    /// When the live question was last put. What was revoked is forgotten by this clock, so it is this one,
    /// which nobody sets back, that says how long the answer is good.
    std::chrono::steady_clock::time_point asked{};

    /// True when the question is to be put again, now.
    bool renew(std::chrono::steady_clock::time_point now, std::chrono::seconds life);
  };

  /// Holds until the next call on this cache. nullptr when not remembered.
  Entry* find(const crypto::Sha256& token);
  const Entry& remember(const crypto::Sha256& token, Entry entry, Instant now);
  void forget(const crypto::Sha256& token);

  /// Drops what was signed by keys that are no longer in the ring.
  void keep_only(const KeyRing& ring);

  /// A small number that stands for this kid.
  std::size_t key_number(std::string_view kid);

 private:
  /// The first eight bytes of a SHA-256 are as good as any hash of it.
  struct Prefix {
    using is_avalanching = void;  // NOLINT(readability-identifier-naming): Boost looks for this name
    std::size_t operator()(const crypto::Sha256& digest) const noexcept
    {
      std::size_t prefix = 0;
      std::memcpy(&prefix, digest.data(), sizeof prefix);
      return prefix;
    }
  };

  void make_room(Instant now);

  boost::unordered_flat_map<crypto::Sha256, Entry, Prefix> entries_;
  std::vector<std::string> kids_;
  unsigned halvings_{0};
};

}  // namespace usher::tokens
