#pragma once

#include "http/request.hpp"
#include "http/router.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace usher::http {

/// What is told about requests: one log line and one count each, without looking anything up on the way. One
/// per loop.
class Traffic {
 public:
  Traffic(log::Logger& log, metrics::Registry& metrics, bool access_log);

  struct Seen {
    const Request& request;
    const Router::Entry* entry;
    int status;
    std::size_t bytes;
    std::chrono::nanoseconds duration;
  };
  void answered(const Seen& seen);

  /// Bytes that were no request. `code` is the refusal's.
  void refused(const Seen& seen, const Refusal& refusal);

  void connection_accepted() { accepted_.add(); }
  void connection_closed() { closed_.add(); }
  void connection_refused() { turned_away_.add(); }

 private:
  struct Meters {
    std::array<metrics::Counter*, 6> by_class{};  ///< by status / 100
    metrics::Histogram* duration{nullptr};
  };
  Meters& meters_for(const Request& request, const Router::Entry* entry);
  void log_line(const Seen& seen, std::string_view message, std::string_view code);

  log::Logger& log_;
  metrics::Registry& metrics_;
  const bool access_log_;
  metrics::Counter& accepted_;
  metrics::Counter& closed_;
  metrics::Counter& turned_away_;
  std::vector<Meters> by_route_;      ///< [2 * entry->index], HEAD at + 1
  std::array<Meters, 8> no_route_{};  ///< by method
  std::vector<std::pair<const Refusal*, metrics::Counter*>> by_refusal_{};
};

}  // namespace usher::http
