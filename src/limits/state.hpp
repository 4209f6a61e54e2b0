#pragma once

#include "base/network.hpp"
#include "base/waker.hpp"
#include "crypto/hmac.hpp"
#include "limits/counters.hpp"
#include "limits/guessing.hpp"

#include <atomic>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace usher::limits {

/// What one guess is counted under.
struct Keys {
  Key pair;     ///< account and source
  Key source;   ///< on all accounts
  Key account;  ///< from sources new to it
};

/// A place that was given: the source may be known to the account, and then the account's own counter is left
/// alone.
struct Guessing::Ticket::Held {
  std::shared_ptr<State> state;
  Keys keys;
  bool known{false};
};

/// A guess that waits for others to end. Its place, once it has one, is kept here until its coroutine takes
/// it; one that never comes back gives it up.
struct Waiter {
  Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter();

  Keys keys{};
  Waker waker{};
  std::optional<Result<Guessing::Ticket>> outcome{};
};

/// Everything behind one mutex: it is held for about a microsecond, while a guess that is let through costs
/// ten thousand of them, and a refused one still a request.
///
/// As long as a counter has a queue, it has a pending guess whose end will serve that queue.
class Guessing::State : public std::enable_shared_from_this<State> {
 public:
  State(Options options, const Clock& clock);

  bool is_exempt(std::string_view source) const;
  /// `account` and `source` as Guessing::admit() takes them.
  Keys keys_of(std::string_view account, std::string_view source) const;

  /// Nothing when it has to wait.
  std::optional<Result<Ticket>> admit(const Keys& keys);
  /// Wakes `waiter` when its outcome is there, which may be at once.
  void wait(std::shared_ptr<Waiter> waiter);
  void end(const Keys& keys, bool known, End how);

  Result<Done> admit_registration(std::string_view source);
  void remember(const Keys& keys);

  std::uint64_t refused() const noexcept { return refused_.load(std::memory_order_relaxed); }
  std::size_t entries() const;

 private:
  struct Charge {
    Key key{};
    std::size_t limit{0};
  };
  using Charges = std::vector<Charge>;
  using Settled = std::vector<std::shared_ptr<Waiter>>;
  struct Decision {
    std::optional<Result<Ticket>> outcome{};
    Counter* waits_for{nullptr};  ///< when there is no outcome
  };

  // All under the mutex.
  Charges charges_of(const Keys& keys, bool known) const;
  bool is_known(const Keys& keys, Instant now);
  Decision decide(const Keys& keys, const Counter* serving);
  std::chrono::seconds locked_for(Counter& counter, std::size_t limit, std::chrono::seconds window) const;
  Error too_many(std::chrono::seconds retry_after);
  Counter& counter_at(const Key& key);
  void release(const Charges& charges, End how);
  Settled serve(const Charges& charges);
  void serve(Counter& counter, Settled& settled);
  void renew(Counter& counter, std::chrono::seconds window)
      const;  ///< begins a new window when its own is over
  void note_wrong(Counter& counter, std::chrono::seconds window) const;
  void remember_under_lock(const Keys& keys);

  Key key_of(char kind, std::string_view account, std::string_view source) const;

  const Options options_;
  const Clock& clock_;
  const NetworkSet exempt_;
  const crypto::HmacKey hash_key_;
  std::atomic<std::uint64_t> refused_{0};

  mutable std::mutex mutex_;
  Table<Counter> counters_;
  Table<Instant> known_;  ///< pairs of account and source, and their last right guess
};

}  // namespace usher::limits
