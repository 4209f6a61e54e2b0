#pragma once

#include "base/result.hpp"
#include "features/revocations/feed.hpp"
#include "features/revocations/statement.hpp"
#include "http/event_streams.hpp"
#include "tokens/mint.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace usher::revocations {

inline constexpr Refusal too_many_listeners{
    Kind::unavailable,
    "too_many_listeners",
    "Too many listeners",
    "No more may listen at once (revocations.listeners_max); ask GET /api/revocations meanwhile."
};

/// One network loop's part of the feed: signs each statement once for all its listeners. Everything but
/// tell() happens on the loop's thread; goes when the loop has stopped.
class Channel {
 public:
  /// What one statement holds at most, but for the whole set. Anybody may ask, so that this bounds the work
  /// of a request as well.
  static constexpr std::size_t entries_max = 1000;
  /// So many follow each other at once; of more, the listeners learn only that there is more.
  static constexpr int pieces_max = 8;

  Channel(Feed& feed, const Executor& executor, tokens::Mint& mint);
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  ~Channel();

  struct Place {
    std::shared_ptr<http::Seat> seat;
    std::string first;  ///< events
  };
  /// For who wants to listen and has everything up to `since`, or nothing. To be answered at once: from then
  /// on it gets what comes. Refuses with too_many_listeners.
  Result<Place> listen(std::optional<std::int64_t> since);

  /// For who asks whether it could, and takes no place. Refuses with too_many_listeners.
  Result<std::shared_ptr<http::Seat>> look();

  /// What came after `since`; nullptr where the whole set is the answer.
  Shared after(std::int64_t since);

  /// Something was revoked. Any thread.
  void tell();
  /// Ends all streams. Any thread.
  void send_all_away();

 private:
  enum class Occasion { news, heartbeat };

  /// What fails is counted, and tried again at the next beat.
  void publish(Occasion occasion) noexcept;
  void publish_now(Occasion occasion);
  std::string news_events(std::int64_t known, Instant as_of);
  std::string resumed(std::int64_t since, std::int64_t known, Instant as_of);
  /// The event that says where the feed stands. The same for all who join within a second.
  const std::string& standing(std::int64_t seq, Instant as_of);
  bool beat();
  Statement sign(sessions::News news, Instant as_of, Gzip gzip);

  Feed& feed_;
  tokens::Mint& mint_;
  http::EventStreams hub_;
  std::atomic<bool> told_{false};  ///< and publish() is on its way
  bool attends_{false};
  bool again_{false};      ///< there is news since the event that is being sent
  std::int64_t sent_{0};   ///< the listeners were sent everything up to here
  Instant complete_at_{};  ///< when that was last all there was
  Shared standing_{};
  std::string standing_event_{};
  std::array<Shared, 16> given_{};  ///< last, by after()
  std::size_t next_given_{0};
};

}  // namespace usher::revocations
