#include "tokens/cache.hpp"

#include <algorithm>
#include <utility>

namespace usher::tokens {

bool Mint::Cache::Entry::renew(std::chrono::steady_clock::time_point now, std::chrono::seconds life)
{
  const bool stale = now - asked > life;
  if (stale) {
    asked = now;
  }
  return stale;
}

Mint::Cache::Entry* Mint::Cache::find(const crypto::Sha256& token)
{
  const auto found = entries_.find(token);
  return found == entries_.end() ? nullptr : &found->second;
}

const Mint::Cache::Entry& Mint::Cache::remember(const crypto::Sha256& token, Entry entry, Instant now)
{
  if (entries_.size() >= entries_max) {
    make_room(now);
  }
  return entries_.insert_or_assign(token, std::move(entry)).first->second;
}

void Mint::Cache::forget(const crypto::Sha256& token)
{
  entries_.erase(token);
}

void Mint::Cache::keep_only(const KeyRing& ring)
{
  std::vector<bool> known;
  known.reserve(kids_.size());
  for (const std::string& kid : kids_) {
    known.push_back(ring.find(kid) != nullptr);
  }
  erase_if(entries_, [&known](const auto& entry) { return !known[entry.second.key]; });
}

std::size_t Mint::Cache::key_number(std::string_view kid)
{
  const auto found = std::ranges::find(kids_, kid);
  if (found != kids_.end()) {
    return static_cast<std::size_t>(found - kids_.begin());
  }
  kids_.emplace_back(kid);
  return kids_.size() - 1;
}

void Mint::Cache::make_room(Instant now)
{
  erase_if(entries_, [now](const auto& entry) { return entry.second.claims.expires <= now; });
  if (entries_.size() <= entries_max / 4 * 3) {
    return;
  }
  // Half of them, chosen by a bit of the digest that is another one each time: no list to keep on every hit,
  // and one sweep for thousands of newcomers.
  const unsigned bit = halvings_++ % 8;
  erase_if(entries_, [bit](const auto& entry) { return ((entry.first.back() >> bit) & 1U) != 0; });
  if (entries_.size() >= entries_max) {
    entries_.clear();
  }
}

}  // namespace usher::tokens
