#pragma once

#include "base/clock.hpp"
#include "base/published.hpp"
#include "base/waker.hpp"
#include "features/revocations/moments.hpp"
#include "features/revocations/statement.hpp"
#include "features/sessions/live.hpp"
#include "tokens/mint.hpp"

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace usher::revocations {

/// A statement that says nothing new is signed again after so long.
inline constexpr std::chrono::seconds statement_age_max{10};

/// The statement of everything, made on a thread of its own when somebody asks for it: of a million entries
/// it takes a second, which no network loop has. One is made at a time, for all who ask. Any thread.
class WholeSet {
 public:
  /// Up to so many entries are signed anew for every change; of more, an answer may be a second old, so that
  /// requests and revocations that storm at the same time cost a bounded part of one core; and older the
  /// larger it is, so that slow readers of many a superseded one cannot fill the memory.
  static constexpr std::size_t quick_entries_max = 1000;
  static constexpr std::chrono::seconds pause_min{1};
  static constexpr std::chrono::seconds pause_max{30};
  static constexpr std::size_t entries_a_second = 20'000;

  struct Parts {
    const sessions::Revoked& revoked;
    const Published<tokens::KeyRing>& keys;
    tokens::Options tokens;
    const Clock& clock;
    Moments& moments;
    std::chrono::seconds keep;
    tokens::Mint::Steady steady{std::chrono::steady_clock::now};
  };
  explicit WholeSet(Parts parts);
  WholeSet(const WholeSet&) = delete;
  WholeSet& operator=(const WholeSet&) = delete;
  ~WholeSet();

  /// The newest, where it is new enough; nullptr: make() another.
  Shared ready() const;

  /// Wakes when there is one that knows all that was known at this call, or is new enough.
  void make(Waker waker);

  /// The newest there is. Throws what the last attempt to make one threw, when that failed.
  Shared newest() const;

 private:
  struct Made {
    Shared statement{};
    std::size_t entries{0};
    std::chrono::steady_clock::time_point at{};
  };
  void work(const std::stop_token& stop);
  Made made(tokens::Mint& mint) const;
  void keep(Made made, std::vector<Waker>& served);
  Shared ready_locked() const;

  const Parts parts_;
  mutable std::mutex mutex_;
  std::condition_variable_any asked_;
  std::vector<Waker> waiting_;
  Made newest_{};
  std::exception_ptr failed_{};
  std::jthread thread_;
};

}  // namespace usher::revocations
