#pragma once

#include "base/clock.hpp"
#include "base/published.hpp"
#include "db/database.hpp"
#include "features/revocations/moments.hpp"
#include "features/revocations/whole_set.hpp"
#include "features/sessions/live.hpp"
#include "http/event_streams.hpp"
#include "metrics/metrics.hpp"
#include "tokens/keyring.hpp"
#include "tokens/options.hpp"

#include <chrono>
#include <cstddef>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace usher::revocations {

/// Verifiers may take a token for so long after its `exp`; `Revoked` remembers for as long.
inline constexpr std::chrono::seconds verifier_leeway_max{60};

struct Options {
  std::size_t listeners_max{10'000};  ///< revocations.listeners_max
  std::chrono::seconds heartbeat{5};  ///< revocations.heartbeat
  std::string_view scope{};           ///< of the service credential that it takes to read; empty: anybody may
};

class Channel;

/// What the feed's channels, one for each network loop, share. Outlives them and the database.
class Feed {
 public:
  struct Parts {
    const sessions::Revoked& revoked;
    const Published<tokens::KeyRing>& keys;
    const tokens::Options& tokens;
    const Clock& clock;
    metrics::Registry& metrics;
    Options options{};
  };
  explicit Feed(const Parts& parts);
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;
  ~Feed() = default;

  /// Hears of every revocation from now on. After Revoked::follow(), which has to hear of it first. Where it
  /// takes a credential to listen: also of one that is good no more, and then sends all listeners away, so
  /// that they show a good one when they come back.
  void follow(db::Database& database);

  /// How long a verifier has to hold an entry: no access token lives longer.
  std::chrono::seconds keep() const noexcept { return revoked_.life(); }
  /// A service listens. Where its credential is so new that nobody told of it, it could be gone again before
  /// anybody does: then all are sent away at the next look.
  void let_in(std::string_view client);

  const Options& options() const noexcept { return options_; }
  const sessions::Revoked& revoked() const noexcept { return revoked_; }
  Moments& moments() noexcept { return moments_; }
  http::Seats& seats() noexcept { return seats_; }
  WholeSet& whole() noexcept { return whole_; }
  metrics::Counter& events() noexcept { return events_; }
  metrics::Counter& failures() noexcept { return failures_; }

  // For channels.
  void join(Channel& channel);
  /// Once this returns, whatever `revoked` learns is announced to it; what it knew before is not.
  void attend(Channel& channel);
  void rest(Channel& channel);
  void leave(Channel& channel);

 private:
  struct Member {
    Channel* channel;
    bool attends;
  };
  void tell_all();
  void look_at_credentials(db::Tx& tx);
  void set(const Channel& channel, bool attends);

  const sessions::Revoked& revoked_;
  Moments moments_;
  const Options options_;
  http::Seats seats_;
  metrics::Counter& events_;
  metrics::Counter& failures_;
  std::mutex mutex_;
  std::vector<Member> members_;
  bool newcomer_{false};               ///< a client listens that is not among `credentials_`
  std::set<std::string> credentials_;  ///< the marks of those that may listen
  WholeSet whole_;
};

}  // namespace usher::revocations
