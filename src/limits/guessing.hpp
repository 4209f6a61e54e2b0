#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/task.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace usher::limits {

struct Options {
  /// limits.login_per_account: wrong guesses of one source at one account, in a window.
  std::size_t per_account_and_source{10};
  /// limits.login_per_source: of one source at all accounts.
  std::size_t per_source{100};
  /// limits.login_total: at one account, from all sources new to it.
  std::size_t per_account{100};
  /// limits.login_window: begins with the first wrong guess; at its end all of them are forgotten.
  std::chrono::seconds window{900};
  std::size_t registrations_per_source{300};   ///< limits.register_per_source, in `register_window`
  std::chrono::seconds register_window{3600};  ///< limits.register_window
  std::size_t entries_max{1'000'000};          ///< limits.entries_max: what is kept in memory
  /// limits.exempt: addresses or CIDR networks without any of these limits.
  std::vector<std::string> exempt{};
};

inline constexpr Refusal too_many_attempts{
    Kind::too_many,
    "too_many_attempts",
    "Too many attempts",
    "Wait as long as Retry-After says, then try again."
};

/// Counts wrong guesses of passwords per canonical account and per source (IPv6: its /64), in memory.
/// A guess is charged before it is evaluated and given back when it was right, so parallel guesses cannot
/// slip through; a guess that finds every place taken by others still being evaluated waits for them, first
/// come first served, instead of being refused, so parallel right logins all succeed. A flood on one account
/// never locks out a source that has logged in to it before. A window begins with its first wrong guess and
/// forgets all of them at its end. Thread-safe; tickets and waiting loops may end before or after this.
class Guessing {
 public:
  Guessing(Options options, const Clock& clock);
  Guessing(const Guessing&) = delete;
  Guessing& operator=(const Guessing&) = delete;
  ~Guessing();

  enum class End { right, wrong, cancelled };

  /// A place for one guess; ending it without a word counts as wrong.
  class Ticket {
   public:
    Ticket() = default;  ///< exempt: counts nothing
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;
    Ticket(Ticket&& other) noexcept;
    Ticket& operator=(Ticket&& other) noexcept;
    ~Ticket();
    void was_right();
    void cancel();  ///< nothing was evaluated (busy, fault)

   private:
    friend class Guessing;
    struct Held;
    explicit Ticket(std::unique_ptr<Held> held) noexcept;
    void end(End how);
    std::unique_ptr<Held> held_;
  };

  /// Refuses with too_many_attempts (Retry-After). `account` is the canonical e-mail address, known or not.
  Task<Result<Ticket>> admit(std::string account, std::string source);

  /// One more registration from `source`. Refuses with too_many_attempts.
  Result<Done> admit_registration(std::string_view source);

  /// `source` has logged in to `account` before: what a right guess leaves behind, for sessions that began
  /// before this process did.
  void remember(std::string_view account, std::string_view source);

  std::uint64_t refused() const noexcept;
  std::size_t entries() const;  ///< accounts, sources and pairs of them remembered now

 private:
  class State;
  std::shared_ptr<State> state_;  ///< shared with tickets, which coroutines of an ending loop may drop late
};

}  // namespace usher::limits
