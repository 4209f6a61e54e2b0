#pragma once

#include "base/task.hpp"
#include "crypto/tls.hpp"
#include "http/response.hpp"

#include <boost/asio/basic_waitable_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace usher::http {

/// One or more server-sent events as they go over the wire, shared by all who get them.
using Event = std::shared_ptr<const std::string>;

class EventStreams;

/// How many may listen at once, over all loops. Outlives the server. Any thread.
class Seats {
 public:
  explicit Seats(std::size_t max) : max_{max} {}

  std::size_t taken() const noexcept { return taken_.load(std::memory_order_relaxed); }
  /// Listeners that were sent away because they did not read.
  std::uint64_t cut() const noexcept { return cut_.load(std::memory_order_relaxed); }

 private:
  friend class EventStreams;
  friend class Listener;
  friend class Seat;

  const std::size_t max_;
  std::atomic<std::size_t> taken_{0};
  std::atomic<std::uint64_t> cut_{0};
};

/// One listener's place in a hub: taken when its request is answered, free again when its connection is gone.
class Seat {
 public:
  enum class Taken { yes, no };
  Seat(EventStreams& hub, Seats& seats, Taken taken = Taken::yes) : hub_{hub}, seats_{seats}, taken_{taken} {}
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;
  ~Seat()
  {
    if (taken_ == Taken::yes) {
      seats_.taken_.fetch_sub(1, std::memory_order_relaxed);
    }
  }

 private:
  friend class Listener;
  EventStreams& hub_;
  Seats& seats_;
  const Taken taken_;
};

/// What a listener's socket has not taken yet, in order: shared events, never copies of them.
class Backlog {
 public:
  static constexpr std::size_t events_max = 64;
  static constexpr std::size_t bytes_max = std::size_t{1024} * 1024;

  bool empty() const noexcept { return events_.empty(); }
  /// `sent` bytes of it are on their way already. False when that is more than one listener may keep waiting.
  bool add(const Event& event, std::size_t sent);
  std::string_view next() const { return std::string_view{*events_.front()}.substr(sent_); }
  void sent(std::size_t bytes);

 private:
  std::vector<Event> events_{};
  std::size_t sent_{0};   ///< of the first
  std::size_t bytes_{0};  ///< of all, less that
};

/// One connection that gets a hub's events: joined from its making to its end, both on the hub's loop.
class Listener {
 public:
  explicit Listener(std::shared_ptr<Seat> seat);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  virtual ~Listener();

 protected:
  virtual crypto::Io write(std::string_view bytes) = 0;
  /// Ends what the connection waits for, so that it looks again.
  virtual void wake() = 0;
  /// It can get no more: whatever is on its way does not matter either.
  virtual void drop() = 0;

  /// From now on events are written as they come; until then they gather.
  void begin() noexcept { begun_ = true; }
  bool begun() const noexcept { return begun_; }
  /// It was cut off or sent away, or the other side is gone.
  bool over() const noexcept { return over_; }
  /// Also what it was sent does not matter any more.
  bool dropped() const noexcept { return dropped_; }
  Backlog& backlog() noexcept { return backlog_; }

 private:
  friend class EventStreams;
  void offer(const Event& event, std::uint64_t number);
  /// Nothing when the socket is closed.
  bool write_now(std::string_view bytes, std::size_t& sent);
  void take(const Event& event);
  void end();
  void leave();

  std::shared_ptr<Seat> seat_;
  std::size_t place_;        ///< in the hub
  std::uint64_t last_seen_;  ///< the last event that it was offered, or that was before its time
  Backlog backlog_{};
  bool begun_{false};
  bool over_{false};
  bool dropped_{false};
};

/// Server-sent events of one loop: connections join by way of Response::stream, and send() writes to each of
/// them at once. Everything but size() and post() happens on the loop's thread; listeners go before the hub.
class EventStreams {
 public:
  EventStreams(Executor executor, Seats& seats);
  EventStreams(const EventStreams&) = delete;
  EventStreams& operator=(const EventStreams&) = delete;
  ~EventStreams() = default;

  /// nullptr when all are taken.
  std::shared_ptr<Seat> seat();
  /// For HEAD, which takes none; nullptr when seat() would be.
  std::shared_ptr<Seat> seat_to_show();

  /// To all who listen now; one write for each in the ordinary case. Goes to some hundred of them at a time,
  /// so that the loop's requests need not wait for thousands, and calls `done` after the last. What a socket
  /// does not take waits in its Backlog; who lets too much wait is cut off, and so is who cannot be written
  /// to because something throws. Not while another is under way.
  void send(Event event, std::function<void()> done = {});
  bool sending() const noexcept { return event_ != nullptr; }

  std::size_t size() const noexcept { return listeners_.size(); }

  /// Ends all streams.
  void send_all_away();

  /// Runs `what` on the loop's thread. Any thread, while the loop is there.
  void post(std::function<void()> what);

  /// Runs `what` every `period` until it says false; does nothing while an earlier one goes on. What it
  /// throws is dropped: it has its next turn all the same.
  void beat(std::chrono::seconds period, std::function<bool()> what);

 private:
  friend class Listener;
  using Timer = boost::asio::basic_waitable_timer<
      std::chrono::steady_clock,
      boost::asio::wait_traits<std::chrono::steady_clock>,
      Executor>;
  static constexpr std::size_t slice = 256;
  void next_slice();
  void offer_slice();
  void next_beat();

  Seats& seats_;
  std::vector<Listener*> listeners_{};
  Event event_{};            ///< under way
  std::uint64_t number_{0};  ///< its
  std::size_t left_{0};      ///< so many, from the front, have not been offered it yet
  std::function<void()> done_{};
  Executor executor_;
  Timer timer_;
  std::chrono::seconds period_{};
  std::function<bool()> what_{};
  bool beating_{false};
};

/// 200 text/event-stream that begins with `first` and goes on with what the hub sends. To HEAD only its head.
Response event_stream(std::shared_ptr<Seat> seat, std::string first);

}  // namespace usher::http
