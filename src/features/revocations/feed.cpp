#include "features/revocations/feed.hpp"

#include "base/result.hpp"
#include "features/clients/store.hpp"
#include "features/revocations/channel.hpp"

#include <algorithm>
#include <utility>

namespace usher::revocations {
Feed::Feed(const Parts& parts)
    : revoked_{parts.revoked},
      moments_{parts.revoked, parts.clock},
      options_{parts.options},
      seats_{parts.options.listeners_max},
      events_{parts.metrics.counter(
          "usher_revocation_events_total", "Events sent to listeners of the revocation feed."
      )},
      failures_{parts.metrics.counter(
          "usher_revocation_failures_total",
          "Statements of the revocation feed that could not be made or sent, and were tried again later."
      )},
      whole_{
          {.revoked = parts.revoked,
           .keys = parts.keys,
           .tokens = parts.tokens,
           .clock = parts.clock,
           .moments = moments_,
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
  if (options_.scope.empty()) {
    return;
  }
  database.listen(clients::channel, [this](db::Tx& tx) { look_at_credentials(tx); });
  (void)database.read_now([this](db::Tx& tx) {
    look_at_credentials(tx);
    return Result<Done>{Done{}};
  });
}

void Feed::let_in(std::string_view client)
{
  const std::string mark = std::string{client} + ' ';
  const std::lock_guard lock{mutex_};
  const auto found = credentials_.lower_bound(mark);
  newcomer_ = newcomer_ || found == credentials_.end() || !found->starts_with(mark);
}

/// Also called for commits of other processes, whatever they changed.
void Feed::look_at_credentials(db::Tx& tx)
{
  std::set<std::string> now = clients::marks_of(tx, clients::Scope::revocations);
  const std::lock_guard lock{mutex_};
  if (std::exchange(newcomer_, false) || !std::ranges::includes(now, credentials_)) {
    for (const Member& member : members_) {
      member.channel->send_all_away();
    }
  }
  credentials_ = std::move(now);
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
