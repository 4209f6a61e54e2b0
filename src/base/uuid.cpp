#include "base/uuid.hpp"

namespace usher {
namespace {

constexpr std::string_view hex = "0123456789abcdef";

constexpr bool is_dash(std::size_t at)
{
  return at == 8 || at == 13 || at == 18 || at == 23;
}

}  // namespace

std::array<char, 36> text_of(const Uuid& uuid)
{
  std::array<char, 36> text{};
  std::size_t nibble = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (is_dash(at)) {
      text[at] = '-';
      continue;
    }
    const std::uint64_t half = nibble < 16 ? uuid.high : uuid.low;
    text[at] = hex[(half >> (60 - 4 * (nibble % 16))) & 0xF];
    ++nibble;
  }
  return text;
}

std::optional<Uuid> parse_uuid(std::string_view text)
{
  if (text.size() != 36) {
    return std::nullopt;
  }
  Uuid uuid;
  std::size_t nibble = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (is_dash(at)) {
      if (text[at] != '-') {
        return std::nullopt;
      }
      continue;
    }
    const auto digit = hex.find(text[at]);
    if (digit == std::string_view::npos) {
      return std::nullopt;
    }
    std::uint64_t& half = nibble < 16 ? uuid.high : uuid.low;
    half = (half << 4) | digit;
    ++nibble;
  }
  return uuid;
}

}  // namespace usher
