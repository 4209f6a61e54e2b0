#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace usher::passwords {

/// Digits only, the first not 0.
inline std::optional<std::uint64_t> parse_number(std::string_view text)
{
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, failed] = std::from_chars(text.begin(), end, number);
  const bool good = !text.empty() && text.front() != '0' && failed == std::errc{} && stopped == end;
  return good ? std::optional{number} : std::nullopt;
}

/// The text before the first `mark`, which goes with it; all of it when there is none.
inline std::string_view cut_off(std::string_view& text, char mark)
{
  const std::size_t at = text.find(mark);
  const std::string_view head = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return head;
}

inline bool only_of(std::string_view text, std::string_view alphabet)
{
  return text.find_first_not_of(alphabet) == std::string_view::npos;
}

inline constexpr std::string_view alphanumeric =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

}  // namespace usher::passwords
