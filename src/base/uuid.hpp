#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace usher {

/// 128 bits, written as RFC 9562 text. Sessions use version 7 (time-ordered, so that inserts stay together).
struct Uuid {
  std::uint64_t high{};
  std::uint64_t low{};

  friend auto operator<=>(const Uuid&, const Uuid&) = default;

  explicit operator bool() const noexcept { return high != 0 || low != 0; }
};

/// Lower-case, 36 characters.
std::array<char, 36> text_of(const Uuid& uuid);
inline std::string to_string(const Uuid& uuid)
{
  const auto text = text_of(uuid);
  return {text.data(), text.size()};
}

/// Exactly what text_of writes, nothing else: no braces, no upper case.
std::optional<Uuid> parse_uuid(std::string_view text);

}  // namespace usher
