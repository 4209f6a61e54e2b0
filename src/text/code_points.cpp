#include "text/code_points.hpp"

namespace usher::text {
namespace {

/// What a lead byte promises; `least` rules out overlong forms.
struct Lead {
  std::size_t size;
  char32_t bits;
  char32_t least;
};

std::optional<Lead> lead_of(unsigned char byte)
{
  if (byte < 0x80) {
    return Lead{.size = 1, .bits = byte, .least = 0};
  }
  if (byte >= 0xC2 && byte <= 0xDF) {
    return Lead{.size = 2, .bits = byte & 0x1FU, .least = 0x80};
  }
  if (byte >= 0xE0 && byte <= 0xEF) {
    return Lead{.size = 3, .bits = byte & 0x0FU, .least = 0x800};
  }
  if (byte >= 0xF0 && byte <= 0xF4) {
    return Lead{.size = 4, .bits = byte & 0x07U, .least = 0x10000};
  }
  return std::nullopt;
}

std::optional<char32_t> decoded(std::string_view bytes, const Lead& lead)
{
  char32_t point = lead.bits;
  for (const char c : bytes.substr(1)) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) != 0x80U) {
      return std::nullopt;
    }
    point = (point << 6U) | (byte & 0x3FU);
  }
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  if (point < lead.least || point > 0x10FFFF || surrogate) {
    return std::nullopt;
  }
  return point;
}

}  // namespace

std::optional<char32_t> next_code_point(std::string_view text, std::size_t& at)
{
  const std::optional<Lead> lead = lead_of(static_cast<unsigned char>(text[at]));
  const bool whole = lead && lead->size <= text.size() - at;
  const std::optional<char32_t> point = whole ? decoded(text.substr(at, lead->size), *lead) : std::nullopt;
  at += point ? lead->size : 1;
  return point;
}

}  // namespace usher::text
