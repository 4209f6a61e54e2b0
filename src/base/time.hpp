#pragma once

#include "base/clock.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace usher {

/// RFC 3339 in UTC, whole seconds: "2026-11-24T21:13:00Z".
std::string rfc3339(Instant instant);

/// "15m", "24h", "30d", "90s" or plain seconds "900"; no sign, no fraction. Nothing else is a duration.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);

/// The shortest form that parse_duration reads back: 900 s is "15m".
std::string format_duration(std::chrono::seconds duration);

}  // namespace usher
