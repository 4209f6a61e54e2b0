#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace usher::metrics {

/// Threads write to slots of their own (cache line each), so that counting never contends.
inline constexpr std::size_t slots = 16;

/// Only grows. add() is one relaxed add on a line that no other thread writes.
class Counter {
 public:
  void add(std::uint64_t by = 1) noexcept;
  std::uint64_t value() const noexcept;

 private:
  struct alignas(64) Slot {
    std::atomic<std::uint64_t> count{0};
  };
  std::array<Slot, slots> slots_{};
};

/// Seconds in fixed buckets.
class Histogram {
 public:
  static constexpr std::array<double, 12> bounds_s{
      0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5
  };

  void observe(double seconds) noexcept;

 private:
  friend class Registry;
  struct alignas(64) Slot {
    std::array<std::atomic<std::uint64_t>, bounds_s.size() + 1> buckets{};
    std::atomic<std::uint64_t> sum_us{0};
  };
  std::array<Slot, slots> slots_{};
};

/// Every metric of the process, written as the Prometheus text exposition format 0.0.4. Metrics are made once
/// at start (any thread) and live as long as the registry; asking again for the same name and labels hands
/// back the same one. `labels` is text such as `status="200"`.
class Registry {
 public:
  Registry() = default;
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;
  ~Registry() = default;

  Counter& counter(std::string_view name, std::string_view help, std::string_view labels = {});
  Histogram& histogram(std::string_view name, std::string_view help, std::string_view labels = {});

  /// A value that is asked for when the metrics are read. `counter`: it only grows.
  void gauge(std::string_view name, std::string_view help, std::function<double()> read);
  void counted(std::string_view name, std::string_view help, std::function<double()> read);

  std::string exposition() const;

 private:
  struct Metric {
    std::string name;
    std::string help;
    std::string labels;
    std::string type;
    Counter counter;
    Histogram histogram;
    std::function<double()> read;
  };
  static void write_histogram(std::string& out, const Metric& metric);
  static void write_sample(std::string& out, const Metric& metric);
  Metric& metric(
      std::string_view name, std::string_view help, std::string_view labels, std::string_view type
  );

  mutable std::mutex mutex_;
  std::deque<Metric> metrics_;
};

}  // namespace usher::metrics
