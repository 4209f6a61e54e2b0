#include "features/sessions/tables.hpp"

#include "base/result.hpp"

#include <algorithm>
#include <limits>

namespace usher::sessions {
namespace {

constexpr std::size_t slots_min = 1024;
constexpr unsigned half_bits = 32;

/// The finalizer of splitmix64: every bit of the key moves every bit of the place.
std::uint64_t mixed(std::uint64_t key)
{
  key = (key ^ (key >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  key = (key ^ (key >> 27U)) * 0x94d049bb133111ebULL;
  return key ^ (key >> 31U);
}

/// Never 0, which marks a free slot. The low half of a version 7 id is the random one (RFC 9562 5.7).
std::uint64_t key_of(const Uuid& session)
{
  return session.low == 0 ? 1 : session.low;
}

/// Spreads keys over any number of slots, not only over a power of two, which would waste up to half.
std::size_t home_of(std::uint64_t key, std::size_t slots)
{
  return static_cast<std::size_t>(((mixed(key) >> half_bits) * slots) >> half_bits);
}

std::size_t next_of(std::size_t place, std::size_t slots)
{
  return place + 1 == slots ? 0 : place + 1;
}

/// Half full at first, and crowded at 70 %: a question about a session that lives goes on to a free slot,
/// which is near until then.
std::size_t session_slots(std::size_t entries)
{
  const std::size_t slots = std::max(slots_min, entries * 19 / 10);
  USHER_ASSERT(slots < std::numeric_limits<std::uint32_t>::max());
  return slots;
}

}  // namespace

SessionTable::SessionTable(std::size_t entries)
    : slots_(session_slots(entries)), crowded_at_{slots_.size() / 10 * 7}
{
}

std::size_t SessionTable::place_of(std::uint64_t key) const noexcept
{
  std::size_t place = home_of(key, slots_.size());
  while (true) {
    // Relaxed: the key is all there is, so there is nothing it would have to bring along.
    const std::uint64_t found = slots_[place].load(std::memory_order_relaxed);
    if (found == key || found == 0) {
      return place;
    }
    place = next_of(place, slots_.size());
  }
}

bool SessionTable::contains(const Uuid& session) const noexcept
{
  const std::uint64_t key = key_of(session);
  return slots_[place_of(key)].load(std::memory_order_relaxed) == key;
}

void SessionTable::add(const Uuid& session)
{
  const std::uint64_t key = key_of(session);
  std::atomic<std::uint64_t>& slot = slots_[place_of(key)];
  if (slot.load(std::memory_order_relaxed) == 0) {
    slot.store(key, std::memory_order_relaxed);
    ++used_;
    USHER_ASSERT(used_ < slots_.size());  // a full one would be searched forever
  }
}

GenerationTable::GenerationTable(std::size_t entries) : slots_(std::max(slots_min, entries * 3)) {}

std::size_t GenerationTable::place_of(std::uint64_t key) const noexcept
{
  std::size_t place = home_of(key, slots_.size());
  while (true) {
    const std::uint64_t found = slots_[place].key.load(std::memory_order_acquire);
    if (found == key || found == 0) {
      return place;
    }
    place = next_of(place, slots_.size());
  }
}

std::int64_t GenerationTable::lowest_of(std::int64_t user) const noexcept
{
  const auto key = static_cast<std::uint64_t>(user);
  const Slot& slot = slots_[place_of(key)];
  // The key is looked at again: a free slot may be on its way to becoming another key's.
  return slot.key.load(std::memory_order_acquire) == key ? slot.generation.load(std::memory_order_relaxed)
                                                         : 0;
}

void GenerationTable::raise(std::int64_t user, std::int64_t generation)
{
  const auto key = static_cast<std::uint64_t>(user);
  Slot& slot = slots_[place_of(key)];
  if (slot.generation.load(std::memory_order_relaxed) < generation) {
    slot.generation.store(generation, std::memory_order_relaxed);
  }
  // The generation before the key, so that whoever sees the key sees it too.
  if (slot.key.load(std::memory_order_relaxed) == 0) {
    slot.key.store(key, std::memory_order_release);
    ++used_;
  }
}

}  // namespace usher::sessions
