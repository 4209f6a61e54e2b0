#include "revocation_set.hpp"

#include <algorithm>

namespace usher::verify {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr std::size_t uuid_letters = 36;
constexpr std::uint64_t no_nibble = 16;

constexpr std::uint64_t nibble_of(char letter)
{
  if (letter >= '0' && letter <= '9') {
    return static_cast<std::uint64_t>(letter - '0');
  }
  return letter >= 'a' && letter <= 'f' ? static_cast<std::uint64_t>(letter - 'a' + 10) : no_nibble;
}

constexpr bool is_dash(std::size_t at)
{
  return at == 8 || at == 13 || at == 18 || at == 23;
}

sys_seconds at(std::int64_t epoch)
{
  return sys_seconds{seconds{epoch}};
}

}  // namespace

std::optional<SessionId> parse_session(std::string_view text)
{
  if (text.size() != uuid_letters) {
    return std::nullopt;
  }
  SessionId id;
  std::size_t nibble = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::uint64_t digit = nibble_of(text[at]);
    if (is_dash(at) ? text[at] != '-' : digit == no_nibble) {
      return std::nullopt;
    }
    if (!is_dash(at)) {
      std::uint64_t& half = nibble < 16 ? id.high : id.low;
      half = (half << 4U) | digit;
      ++nibble;
    }
  }
  return id;
}

void RevocationSet::add(const Statement& statement, Moment now)
{
  keep_longest_ = std::max(keep_longest_, seconds{statement.keep});
  take_entries(statement, now.steady);
  // Out of the future: somebody's wrong clock. Were it believed, no later statement would count as newer.
  if (at(statement.issued) <= now.wall + leeway_) {
    if (place(statement)) {
      date(statement, now);
    }
    if (statement.issued >= heard_) {
      heard_ = statement.issued;
      keep_ = seconds{statement.keep};
    }
  }
  forget(now.steady);
}

void RevocationSet::take_entries(const Statement& statement, Steady now)
{
  for (const SessionId& session : statement.sessions) {
    sessions_.insert_or_assign(session, now);
  }
  for (const auto& [user, lowest] : statement.users) {
    const auto entry = users_.try_emplace(user, Generation{.lowest = lowest, .arrived = now}).first;
    const bool weaker = lowest < entry->second.lowest && !is_over(entry->second.arrived, now);
    entry->second = {.lowest = weaker ? entry->second.lowest : lowest, .arrived = now};
  }
}

bool RevocationSet::place(const Statement& statement)
{
  if (statement.seq < newest_ && statement.issued > heard_) {
    // Restored from a backup: what is held stays, but what the new numbers stand for is not known yet.
    have_ = statement.seq;
    newest_ = statement.seq;
    counts_since_ = statement.issued;
    complete_ = statement.from == 0;
    return true;
  }
  // Older and yet higher: it counts as before a restore. Placed, it would hide what is revoked from now on.
  const bool older_yet_higher = statement.issued < heard_ && statement.seq > newest_;
  if (older_yet_higher || statement.issued < counts_since_) {
    return false;
  }
  newest_ = std::max(newest_, statement.seq);
  complete_ = complete_ || (statement.from == 0 && statement.seq >= have_);
  if (statement.from <= have_) {
    have_ = std::max(have_, statement.seq);
  }
  return true;
}

/// As of its own time, which is never too new, however late it comes.
void RevocationSet::date(const Statement& statement, Moment now)
{
  const bool holds_all = complete_ && have_ >= statement.seq;
  if (!holds_all || (current_ && statement.issued <= current_->wall)) {
    return;
  }
  const auto age = std::max(now.wall - at(statement.issued), std::chrono::system_clock::duration{0});
  current_ = Current{
      .wall = statement.issued,
      .steady = now.steady - std::chrono::duration_cast<Steady::duration>(age),
      .arrived = now.steady
  };
}

RevocationSet::Missing RevocationSet::missing() const
{
  if (!complete_) {
    return Missing::all;
  }
  return have_ < newest_ ? Missing::some : Missing::nothing;
}

bool RevocationSet::is_revoked(SessionId session, std::int64_t user, std::int64_t generation, Steady now)
    const
{
  const auto ended = sessions_.find(session);
  if (ended != sessions_.end() && !is_over(ended->second, now)) {
    return true;
  }
  const auto bound = users_.find(user);
  return bound != users_.end() && generation < bound->second.lowest && !is_over(bound->second.arrived, now);
}

/// By both clocks, so that neither alone can make an old set look new.
std::optional<milliseconds> RevocationSet::age(Moment now) const
{
  if (!current_) {
    return std::nullopt;
  }
  const auto by_wall = std::chrono::duration_cast<milliseconds>(now.wall - at(current_->wall));
  return std::max(by_wall, std::chrono::duration_cast<milliseconds>(now.steady - current_->steady));
}

std::chrono::system_clock::time_point RevocationSet::service_time(Moment now) const
{
  if (!current_) {
    return std::chrono::system_clock::time_point::min();
  }
  const auto passed = now.steady - current_->arrived;
  return at(current_->wall) + std::chrono::duration_cast<std::chrono::system_clock::duration>(passed);
}

bool RevocationSet::is_over(Steady arrived, Steady now) const
{
  return now - arrived > keep_longest_ + leeway_;
}

/// An entry that is over counts no more (is_over); this only gives its memory back, so it need not be often.
void RevocationSet::forget(Steady now)
{
  if (now - swept_ < (keep_longest_ + leeway_) / 4) {
    return;
  }
  swept_ = now;
  std::erase_if(sessions_, [&](const auto& entry) { return is_over(entry.second, now); });
  std::erase_if(users_, [&](const auto& entry) { return is_over(entry.second.arrived, now); });
}

}  // namespace usher::verify
