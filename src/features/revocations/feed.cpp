#include "features/revocations/feed.hpp"

#include "base/result.hpp"
#include "features/revocations/channel.hpp"

#include <algorithm>

namespace usher::revocations {
Feed::Feed(const Parts& parts)
    : revoked_{parts.revoked},
      clock_{parts.clock},
      options_{parts.options},
      seats_{parts.options.listeners_max},
      events_{parts.metrics.counter(
          "usher_revocation_events_total", "Events sent to listeners of the revocation feed."
      )},
      whole_{
          {.revoked = parts.revoked,
           .keys = parts.keys,
           .tokens = parts.tokens,
           .clock = parts.clock,
           .keep = keep()}
      }
{
  parts.metrics.gauge("usher_revocation_listeners", "Listeners of the revocation feed.", [this] {
    return static_cast<double>(seats_.taken());
  });
  parts.metrics.counted(
      "usher_revocation_listeners_cut_total",
      "Listeners of the revocation feed cut off because they did not read.",
      [this] { return static_cast<double>(seats_.cut()); }
  );
}

void Feed::follow(db::Database& database)
{
  database.listen("revocations", [this](db::Tx& /*tx*/) { tell_all(); });
}

/// Under the lock that attend() takes too: whichever of the two comes first, the channel reads the new number
/// itself or is told of it.
void Feed::tell_all()
{
  const std::lock_guard lock{mutex_};
  for (const Member& member : members_) {
    if (member.attends) {
      member.channel->tell();
    }
  }
}

void Feed::join(Channel& channel)
{
  const std::lock_guard lock{mutex_};
  members_.push_back({.channel = &channel, .attends = false});
}

void Feed::attend(Channel& channel)
{
  set(channel, true);
}

void Feed::rest(Channel& channel)
{
  set(channel, false);
}

void Feed::leave(Channel& channel)
{
  const std::lock_guard lock{mutex_};
  std::erase_if(members_, [&](const Member& member) { return member.channel == &channel; });
}

void Feed::set(const Channel& channel, bool attends)
{
  const std::lock_guard lock{mutex_};
  const auto found = std::ranges::find(members_, &channel, &Member::channel);
  USHER_ASSERT(found != members_.end());
  found->attends = attends;
}

}  // namespace usher::revocations
