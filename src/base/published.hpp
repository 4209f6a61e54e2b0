#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace usher {

/// A value that is replaced whole, seldom, and read by every network loop on every request: keys,
/// certificates. publish() from any thread; each reader keeps its own View, whose get() costs one relaxed
/// load while nothing changed, and never blocks for longer than a pointer copy.
template <class T>
class Published {
 public:
  explicit Published(std::shared_ptr<const T> first) : value_{std::move(first)} {}

  void publish(std::shared_ptr<const T> next)
  {
    const std::lock_guard lock{mutex_};
    value_ = std::move(next);
    version_.fetch_add(1, std::memory_order_release);
  }

  std::shared_ptr<const T> current() const
  {
    const std::lock_guard lock{mutex_};
    return value_;
  }

  /// One thread's eye on it. The reference from get() holds until the next get() on the same View.
  class View {
   public:
    explicit View(const Published& source) : source_{source} { refresh(); }

    const T& get()
    {
      if (source_.version_.load(std::memory_order_acquire) != seen_) {
        refresh();
      }
      return *mine_;
    }

    /// Grows with every publish; lets a reader notice that something it derived is out of date.
    std::uint64_t version() const noexcept { return seen_; }

   private:
    void refresh()
    {
      seen_ = source_.version_.load(std::memory_order_acquire);
      mine_ = source_.current();
    }

    const Published& source_;
    std::shared_ptr<const T> mine_;
    std::uint64_t seen_{};
  };

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
  std::atomic<std::uint64_t> version_{1};
};

}  // namespace usher
