#include "config/http.hpp"

#include "config/checks.hpp"
#include "config/define.hpp"

#include <array>

namespace usher::config {
namespace {

constexpr std::array settings{
    define<&Config::http, &Http::listen>(
        "http.listen",
        "Addresses to listen on, HOST:PORT. Port 0 takes a free one.",
        {.check = problem_with_endpoint, .short_flag = "--listen"}
    ),
    define<&Config::http, &Http::metrics_listen>(
        "http.metrics_listen",
        "Where /metrics is served: HOST:PORT of its own, `same` for the main listeners, empty for nowhere.",
        {.check = problem_with_metrics_endpoint}
    ),
    define<&Config::http, &Http::trusted_proxies>(
        "http.trusted_proxies",
        "Addresses or networks of the proxies whose X-Forwarded-For, X-Forwarded-Proto and X-Request-Id "
        "count.",
        {.check = problem_with_network}
    ),
    define<&Config::http, &Http::cors_origins>(
        "http.cors_origins",
        "Origins whose pages may call the API from a browser, such as https://app.example.com.",
        {.check = problem_with_origin}
    ),
    define<&Config::http, &Http::threads>(
        "http.threads", "Network threads; 0 for one per core.", {.max = 256}
    ),
    define<&Config::http, &Http::head_max>(
        "http.head_max",
        "Longest request line and header fields together.",
        {.min = 4096, .max = 1024L * 1024}
    ),
    define<&Config::http, &Http::headers_max>(
        "http.headers_max", "Most header fields in a request.", {.min = 16, .max = 1000}
    ),
    define<&Config::http, &Http::target_max>(
        "http.target_max", "Longest request target (path and query).", {.min = 256, .max = 64L * 1024}
    ),
    define<&Config::http, &Http::body_max>(
        "http.body_max", "Longest request body.", {.min = 1024, .max = 16L * 1024 * 1024}
    ),
    define<&Config::http, &Http::connections_max>(
        "http.connections_max", "Most connections at once.", {.min = 1, .max = 1'000'000}
    ),
    define<&Config::http, &Http::idle_timeout>(
        "http.idle_timeout", "How long a connection may be silent between requests.", {.min = 1, .max = 3600}
    ),
    define<&Config::http, &Http::message_timeout>(
        "http.message_timeout",
        "How long a whole request may take from first to last byte.",
        {.min = 1, .max = 600}
    ),
    define<&Config::http, &Http::drain_timeout>(
        "http.drain_timeout", "How long requests under way may take to finish after SIGTERM.", {.max = 600}
    ),
    define<&Config::http, &Http::access_log>("http.access_log", "One log line per request.", {}),
};

}  // namespace

std::span<const Setting> http_settings()
{
  return settings;
}

}  // namespace usher::config
