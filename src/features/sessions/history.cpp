#include "features/sessions/history.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace usher::sessions {
namespace {

constexpr std::size_t chunk_sessions_max = 4096;
/// How finely time is told: what shares a chunk is kept up to this part of its life too long.
constexpr int stretches = 16;

/// Room for what is expected, and no more than a chunk may hold.
template <class T>
void make_room(std::vector<T>& values, std::size_t expected)
{
  if (values.size() == values.capacity()) {
    const std::size_t wanted = values.size() + std::max(expected, values.size());
    values.reserve(std::min(wanted, chunk_sessions_max));
  }
}

std::size_t room_of(std::size_t have, std::size_t max)
{
  return max - std::min(have, max);
}

/// Each user once, with the greatest generation.
void merge_users(std::vector<News::User>& users)
{
  std::ranges::sort(users, [](const News::User& left, const News::User& right) {
    return std::pair{left.id, -left.generation} < std::pair{right.id, -right.generation};
  });
  const auto repeated = std::ranges::unique(users, {}, &News::User::id);
  users.erase(repeated.begin(), repeated.end());
}

}  // namespace

History::History(std::chrono::seconds life) : life_{life} {}

History::Chunk& History::chunk_for(std::int64_t seq, Stamp at)
{
  if (!chunks_.empty()) {
    Chunk& open = chunks_.back();
    const bool fits = open.sessions.size() < chunk_sessions_max && open.users.size() < chunk_sessions_max &&
                      seq - open.base <= std::numeric_limits<std::uint32_t>::max();
    if (fits && at - open.oldest <= life_ / stretches) {
      return open;
    }
    open.sessions.shrink_to_fit();
    open.offsets.shrink_to_fit();
    open.users.shrink_to_fit();
  }
  return chunks_.emplace_back(Chunk{.base = seq, .last = seq, .oldest = at, .newest = at});
}

void History::add(const Entry& entry, Stamp at, std::size_t expected)
{
  seq_ = std::max(seq_, entry.seq);
  Chunk& chunk = chunk_for(seq_, at);
  if (entry.session) {
    make_room(chunk.sessions, expected);
    make_room(chunk.offsets, expected);
    chunk.sessions.push_back(*entry.session);
    chunk.offsets.push_back(static_cast<std::uint32_t>(seq_ - chunk.base));
    ++sessions_;
  } else {
    chunk.users.push_back({.seq = seq_, .user = entry.user});
    ++users_;
  }
  chunk.last = seq_;
  chunk.newest = std::max(chunk.newest, at);
}

void History::start_after(std::int64_t seq)
{
  if (seq > seq_) {
    seq_ = seq;
    forgotten_ = seq;
  }
}

std::size_t History::forget(Stamp now)
{
  std::size_t gone = 0;
  while (!chunks_.empty() && chunks_.front().newest + life_ < now) {
    const Chunk& oldest = chunks_.front();
    gone += oldest.sessions.size();
    users_ -= oldest.users.size();
    forgotten_ = std::max(forgotten_, oldest.last);
    chunks_.pop_front();
  }
  sessions_ -= gone;
  return gone;
}

void History::copy(const Chunk& chunk, std::int64_t after, std::size_t max, News& news)
{
  const auto number_of = [&](std::size_t place) {
    return chunk.base + static_cast<std::int64_t>(chunk.offsets[place]);
  };
  std::size_t session = 0;
  if (after >= chunk.base) {
    const auto found = std::ranges::upper_bound(chunk.offsets, after - chunk.base);
    session = static_cast<std::size_t>(found - chunk.offsets.begin());
  }
  auto user = std::ranges::upper_bound(chunk.users, after, {}, &NumberedUser::seq);
  for (; max > 0 && (session < chunk.sessions.size() || user != chunk.users.end()); --max) {
    const bool is_user =
        session == chunk.sessions.size() || (user != chunk.users.end() && user->seq < number_of(session));
    if (is_user) {
      news.users.push_back(user->user);
      news.seq = user->seq;
      ++user;
    } else {
      news.sessions.push_back(chunk.sessions[session]);
      news.seq = number_of(session);
      ++session;
    }
  }
}

News History::since(std::int64_t seq, std::size_t max) const
{
  News news;
  news.whole = seq <= 0 || seq < forgotten_ || seq > seq_;
  news.from = news.whole ? 0 : seq;
  news.seq = news.from;
  if (news.whole) {
    news.sessions.reserve(std::min(sessions_, max));
  }
  // Not from 0 when whole, for entries that were never numbered.
  const std::int64_t after = news.whole ? std::numeric_limits<std::int64_t>::min() : seq;
  for (const Chunk& chunk : chunks_) {
    const std::size_t room = room_of(news.sessions.size() + news.users.size(), max);
    if (chunk.last > after && room > 0) {
      copy(chunk, after, room, news);
    }
  }
  const bool complete = room_of(news.sessions.size() + news.users.size(), max) > 0;
  if (complete) {
    news.seq = seq_;
  }
  merge_users(news.users);
  return news;
}

void History::each_session(const std::function<void(const Uuid&)>& visit) const
{
  for (const Chunk& chunk : chunks_) {
    std::ranges::for_each(chunk.sessions, visit);
  }
}

void History::each_user(const std::function<void(const News::User&)>& visit) const
{
  for (const Chunk& chunk : chunks_) {
    for (const NumberedUser& one : chunk.users) {
      visit(one.user);
    }
  }
}

std::size_t History::bytes() const
{
  std::size_t total = chunks_.size() * sizeof(Chunk);
  for (const Chunk& chunk : chunks_) {
    total += chunk.sessions.capacity() * sizeof(Uuid) + chunk.offsets.capacity() * sizeof(std::uint32_t) +
             chunk.users.capacity() * sizeof(NumberedUser);
  }
  return total;
}

}  // namespace usher::sessions
