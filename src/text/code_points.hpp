#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace usher::text {

/// The code point at `at`, which moves behind it; nothing where the bytes are not UTF-8 (RFC 3629), and `at`
/// then moves by one byte. `at` is within `text`.
std::optional<char32_t> next_code_point(std::string_view text, std::size_t& at);

constexpr char ascii_lower(char c)
{
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace usher::text
