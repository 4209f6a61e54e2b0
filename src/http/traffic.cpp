#include "http/traffic.hpp"

#include <algorithm>
#include <string>

namespace usher::http {
namespace {

constexpr std::string_view requests_name = "usher_http_requests_total";
constexpr std::string_view requests_help = "Requests answered, by method, route and class of status.";
constexpr std::string_view duration_name = "usher_http_request_duration_seconds";
constexpr std::string_view duration_help = "From the last byte of a request to its composed answer.";

/// Probes come every few seconds for ever and would drown the rest of the log.
bool is_probe(const Router::Entry* entry)
{
  return entry != nullptr && (entry->pattern == "/healthz" || entry->pattern == "/readyz");
}

std::string_view route_of(const Router::Entry* entry)
{
  return entry == nullptr ? std::string_view{"none"} : std::string_view{entry->pattern};
}

std::string label(std::string_view name, std::string_view value)
{
  return std::string{name} + "=\"" + std::string{value} + "\"";
}

}  // namespace

Traffic::Traffic(log::Logger& log, metrics::Registry& metrics, bool access_log)
    : log_{log},
      metrics_{metrics},
      access_log_{access_log},
      accepted_{metrics.counter("usher_http_connections_accepted_total", "Connections accepted.")},
      closed_{metrics.counter("usher_http_connections_closed_total", "Connections closed again.")},
      turned_away_{metrics.counter(
          "usher_http_connections_refused_total",
          "Connections closed at once because of http.connections_max."
      )}
{
  metrics.gauge(
      "usher_http_connections_open",
      "Connections open now.",
      [&accepted = accepted_, &closed = closed_] {
        return static_cast<double>(accepted.value()) - static_cast<double>(closed.value());
      }
  );
}

Traffic::Meters& Traffic::meters_for(const Request& request, const Router::Entry* entry)
{
  if (entry == nullptr) {
    return no_route_.at(static_cast<std::size_t>(request.method));
  }
  const std::size_t at = (2 * entry->index) + (request.method == Method::head ? 1 : 0);
  if (at >= by_route_.size()) {
    by_route_.resize(at + 1);
  }
  return by_route_[at];
}

void Traffic::answered(const Seen& seen)
{
  Meters& meters = meters_for(seen.request, seen.entry);
  const auto status_class = static_cast<std::size_t>(seen.status / 100);
  metrics::Counter*& counter = meters.by_class.at(status_class);
  if (counter == nullptr) {  // the first of its kind on this loop
    const std::string route = label("route", route_of(seen.entry));
    const std::string digit = std::to_string(status_class) + "xx";
    counter = &metrics_.counter(
        requests_name,
        requests_help,
        label("method", name_of(seen.request.method)) + "," + route + "," + label("status", digit)
    );
    meters.duration = &metrics_.histogram(duration_name, duration_help, route);
  }
  counter->add();
  meters.duration->observe(std::chrono::duration<double>(seen.duration).count());
  if (access_log_ && !is_probe(seen.entry)) {
    log_line(seen, "request", {});
  }
}

void Traffic::refused(const Seen& seen, const Refusal& refusal)
{
  auto found = std::ranges::find(by_refusal_, &refusal, &std::pair<const Refusal*, metrics::Counter*>::first);
  if (found == by_refusal_.end()) {
    metrics::Counter& counter = metrics_.counter(
        "usher_http_refused_total",
        "Bytes that were no request we take, by error.",
        label("error", refusal.code)
    );
    found = by_refusal_.emplace(found, &refusal, &counter);
  }
  found->second->add();
  if (access_log_) {
    log_line(seen, "request refused", refusal.code);
  }
}

void Traffic::log_line(const Seen& seen, std::string_view message, std::string_view code)
{
  if (!log_.enabled(log::Level::info)) {
    return;
  }
  const double duration_ms = std::chrono::duration<double, std::milli>(seen.duration).count();
  const auto bytes = static_cast<std::int64_t>(seen.bytes);
  if (!code.empty()) {
    log_.info(
        message,
        {{"error", code},
         {"status", seen.status},
         {"client", seen.request.address},
         {"request_id", seen.request.request_id}}
    );
    return;
  }
  log_.info(
      message,
      {{"method", name_of(seen.request.method)},
       {"route", route_of(seen.entry)},
       {"status", seen.status},
       {"duration_ms", duration_ms},
       {"bytes", bytes},
       {"client", seen.request.address},
       {"request_id", seen.request.request_id}}
  );
}

}  // namespace usher::http
