#pragma once

#include "log/log.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace usher::log {

inline constexpr std::size_t value_bytes_max = 256;

using Moment = std::chrono::sys_time<std::chrono::milliseconds>;

std::string_view name_of(Level level);

/// Appends one line, its line feed included, to `out`.
///   json  {"time":"2026-11-24T21:13:00.123Z","level":"info","message":"request","status":200}
///   text  2026-11-24T21:13:00.123Z info    request status=200
/// Text is made harmless: invalid UTF-8 becomes '?', control characters, DEL, C1 and the line and paragraph
/// separators U+2028/2029 become escapes, and nothing is longer than value_bytes_max bytes of its source.
void append_json(std::string& out, Moment moment, Level level, std::string_view message, Fields fields);
void append_text(std::string& out, Moment moment, Level level, std::string_view message, Fields fields);

}  // namespace usher::log
