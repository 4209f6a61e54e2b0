#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace usher::verify {

/// A session's id, 16 bytes instead of 36 letters.
struct SessionId {
  std::uint64_t high{};
  std::uint64_t low{};

  bool operator==(const SessionId&) const = default;
};

/// Of the canonical form of a UUID only: lower case, dashes where RFC 9562 section 4 has them.
std::optional<SessionId> parse_session(std::string_view text);

/// What a signed statement of the feed says; docs/revocations.md. Times are seconds since 1970.
struct Statement {
  std::int64_t issued{};
  std::int64_t seq{};
  std::int64_t from{};
  std::int64_t keep{};
  std::vector<SessionId> sessions{};
  std::vector<std::pair<std::int64_t, std::int64_t>> users{};  ///< id, lowest good generation
};

/// Now, by the clock on the wall and by one that cannot be set.
struct Moment {
  std::chrono::system_clock::time_point wall;
  std::chrono::steady_clock::time_point steady;
};

/// What is revoked, as far as the feed has told. Pure: no clock, no network, no lock of its own.
///
/// `have` is the number up to which every revocation is held, `newest` the highest heard of, `heard` the time
/// of the newest statement. A statement up to whose number everything is held makes the set current as of its
/// own time, whatever order the statements took to get here.
class RevocationSet {
 public:
  using Steady = std::chrono::steady_clock::time_point;
  enum class Missing { nothing, some, all };

  explicit RevocationSet(std::chrono::seconds leeway) : leeway_{leeway} {}

  /// Takes in a statement whose signature, issuer and type were found good.
  void add(const Statement& statement, Moment now);

  bool is_revoked(SessionId session, std::int64_t user, std::int64_t generation, Steady now) const;

  /// What to ask the service for: what came after have(), or the whole set.
  Missing missing() const;
  /// How old the knowledge is; nothing: there was never a moment at which the set was complete.
  std::optional<std::chrono::milliseconds> age(Moment now) const;
  /// No earlier than this is it at the service, whatever the clock on the wall says: set back, it must not
  /// make an expired token good again whose revocation is forgotten.
  std::chrono::system_clock::time_point service_time(Moment now) const;
  /// How long a token may live for the feed to outlive it; nothing before the first statement.
  std::optional<std::chrono::seconds> keep() const { return keep_; }

  std::int64_t have() const { return have_; }
  std::int64_t heard() const { return heard_; }
  std::size_t entries() const { return sessions_.size() + users_.size(); }

 private:
  struct SessionHash {
    // Ids are random enough in their lower half.
    std::size_t operator()(const SessionId& id) const noexcept
    {
      return id.low ^ (id.high * 0x9E3779B97F4A7C15U);
    }
  };
  struct Generation {
    std::int64_t lowest;
    Steady arrived;
  };

  void take_entries(const Statement& statement, Steady now);
  /// False when its numbers are those of a time before a restore, and say nothing.
  bool place(const Statement& statement);
  void date(const Statement& statement, Moment now);
  void forget(Steady now);
  bool is_over(Steady arrived, Steady now) const;

  std::chrono::seconds leeway_;
  std::unordered_map<SessionId, Steady, SessionHash> sessions_;
  std::unordered_map<std::int64_t, Generation> users_;
  std::optional<std::chrono::seconds> keep_;  ///< as the newest statement has it
  std::chrono::seconds keep_longest_{0};      ///< the longest of all: forgetting late does no harm
  std::int64_t have_{0};
  std::int64_t heard_{0};
  std::int64_t newest_{0};
  bool complete_{false};          ///< a whole set has come, since the start or since the service counts anew
  std::int64_t counts_since_{0};  ///< statements older than this count by numbers that are no longer used
  /// As of when the set is current: by the service's clock, and by the one that cannot be set.
  struct Current {
    std::int64_t wall;
    Steady steady;
    Steady arrived;
  };
  std::optional<Current> current_;
  Steady swept_{};
};

}  // namespace usher::verify
