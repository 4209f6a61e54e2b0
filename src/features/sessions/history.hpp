#pragma once

#include "base/uuid.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

namespace usher::sessions {

/// An answer to "what was revoked after number n?", as the feed tells it (docs/revocations.md).
struct News {
  struct User {
    std::int64_t id{};
    std::int64_t generation{};  ///< the lowest whose tokens are good
    friend bool operator==(const User&, const User&) = default;
  };

  bool whole{};                ///< everything remembered, not only what came after the number asked for
  std::int64_t from{};         ///< that number; 0 when whole
  std::int64_t seq{};          ///< everything up to here is in it
  std::vector<Uuid> sessions;  ///< in the order in which they ended
  std::vector<User> users;     ///< by id, each once
};

/// What was revoked, in order, for as long as it matters. Some 20 bytes a session. Not thread-safe.
///
/// Time is told in stretches: entries learnt within a sixteenth of `life` of each other may share a chunk,
/// and a chunk goes as a whole, once its newest entry is older than `life`.
class History {
 public:
  using Stamp = std::chrono::steady_clock::time_point;

  struct Entry {
    std::int64_t seq{};
    std::optional<Uuid> session{};  ///< else the user
    News::User user{};
  };

  explicit History(std::chrono::seconds life);

  /// `expected`: how many more are about to come; a new chunk makes room for exactly those. Numbers only
  /// grow; one that does not is taken for the newest.
  void add(const Entry& entry, Stamp at, std::size_t expected = 1);

  /// Goes on after `seq`: what is not here up to it counts as forgotten. Nothing changes when it has come
  /// that far already.
  void start_after(std::int64_t seq);

  /// Nothing was revoked up to `seq` but what is here.
  void reach(std::int64_t seq) { seq_ = std::max(seq_, seq); }

  /// Drops what no token can be as old as. Hands back how many sessions those were.
  std::size_t forget(Stamp now);

  /// The newest number known.
  std::int64_t seq() const noexcept { return seq_; }

  /// After `seq`, in order, at most `max` entries: then News::seq is that of the last one given. The whole
  /// when something newer than `seq` has been forgotten, when `seq` is newer than anything known, or 0.
  News since(std::int64_t seq, std::size_t max) const;

  void each_session(const std::function<void(const Uuid&)>& visit) const;
  void each_user(const std::function<void(const News::User&)>& visit) const;

  std::size_t sessions() const noexcept { return sessions_; }
  std::size_t users() const noexcept { return users_; }
  std::size_t bytes() const;

 private:
  struct NumberedUser {
    std::int64_t seq{};
    News::User user{};
  };

  /// Sessions and their numbers side by side; the number as an offset takes half the room.
  struct Chunk {
    std::int64_t base{};  ///< the first number
    std::int64_t last{};  ///< the newest
    Stamp oldest{};
    Stamp newest{};
    std::vector<Uuid> sessions{};
    std::vector<std::uint32_t> offsets{};
    std::vector<NumberedUser> users{};
  };

  Chunk& chunk_for(std::int64_t seq, Stamp at);
  static void copy(const Chunk& chunk, std::int64_t after, std::size_t max, News& news);

  std::chrono::seconds life_;
  std::int64_t seq_{0};
  std::int64_t forgotten_{0};  ///< the newest number that is not here any more
  std::size_t sessions_{0};
  std::size_t users_{0};
  std::deque<Chunk> chunks_;
};

}  // namespace usher::sessions
