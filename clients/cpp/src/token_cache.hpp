#pragma once

#include "keys.hpp"
#include "revocation_set.hpp"
#include "usher_verify.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace usher::verify {

/// A token whose signature and claims were found good, ready for what must be asked every time.
struct Verified {
  std::shared_ptr<const Claims> claims;
  SessionId session;
  std::uint64_t keys_version{};  ///< KeyStore::version() when it was verified
};

/// Remembers verified tokens by their SHA-256, so that one is never stored. Bounded: the one not used for
/// longest makes room. Only verified tokens come in, so nobody can push others out with rubbish. Any thread;
/// split in shards so that threads seldom wait for each other.
class TokenCache {
 public:
  /// At most `size_max` tokens, rounded up to a whole number per shard; 0: none at all.
  explicit TokenCache(std::size_t size_max);

  bool remembers() const noexcept { return shard_max_ > 0; }
  std::optional<Verified> find(const Sha256& digest);
  void remember(const Sha256& digest, const Verified& verified);
  void forget(const Sha256& digest);

 private:
  struct Hash {
    std::size_t operator()(const Sha256& digest) const noexcept
    {
      std::size_t first = 0;
      std::memcpy(&first, digest.data(), sizeof first);
      return first;
    }
  };
  using Entries = std::list<std::pair<Sha256, Verified>>;
  struct Shard {
    std::mutex mutex;
    Entries entries;  ///< most lately used first
    std::unordered_map<Sha256, Entries::iterator, Hash> index;
  };

  Shard& shard_of(const Sha256& digest) { return shards_[digest.back() % shards_.size()]; }

  std::array<Shard, 16> shards_;
  std::size_t shard_max_;
};

}  // namespace usher::verify
