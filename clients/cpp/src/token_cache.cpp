#include "token_cache.hpp"

namespace usher::verify {

TokenCache::TokenCache(std::size_t size_max) : shard_max_{(size_max + shards_.size() - 1) / shards_.size()}
{
  for (Shard& shard : shards_) {
    shard.index.reserve(shard_max_);
  }
}

std::optional<Verified> TokenCache::find(const Sha256& digest)
{
  Shard& shard = shard_of(digest);
  const std::lock_guard lock{shard.mutex};
  const auto found = shard.index.find(digest);
  if (found == shard.index.end()) {
    return std::nullopt;
  }
  shard.entries.splice(shard.entries.begin(), shard.entries, found->second);
  return found->second->second;
}

void TokenCache::remember(const Sha256& digest, const Verified& verified)
{
  if (shard_max_ == 0) {
    return;
  }
  Shard& shard = shard_of(digest);
  const std::lock_guard lock{shard.mutex};
  if (const auto found = shard.index.find(digest); found != shard.index.end()) {
    found->second->second = verified;
    return;
  }
  if (shard.entries.size() >= shard_max_) {
    shard.index.erase(shard.entries.back().first);
    shard.entries.pop_back();
  }
  shard.entries.emplace_front(digest, verified);
  shard.index.emplace(digest, shard.entries.begin());
}

void TokenCache::forget(const Sha256& digest)
{
  Shard& shard = shard_of(digest);
  const std::lock_guard lock{shard.mutex};
  const auto found = shard.index.find(digest);
  if (found != shard.index.end()) {
    shard.entries.erase(found->second);
    shard.index.erase(found);
  }
}

}  // namespace usher::verify
