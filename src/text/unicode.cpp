#include "text/unicode.hpp"

#include "base/fault.hpp"
#include "text/code_points.hpp"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <cstdint>

namespace usher::text {
namespace {

constexpr char32_t zero_width_non_joiner = 0x200C;
constexpr char32_t zero_width_joiner = 0x200D;
constexpr char32_t braille_blank = 0x2800;

const icu::Normalizer2& loaded(const icu::Normalizer2* normalizer, UErrorCode status)
{
  if (U_FAILURE(status) != 0 || normalizer == nullptr) {
    throw Fault{"ICU has no normalization data; install the ICU library's data"};
  }
  return *normalizer;
}

// Asked of ICU once: a look-up less on every call.
const icu::Normalizer2& composing()
{
  static const icu::Normalizer2& made = []() -> const icu::Normalizer2& {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* found = icu::Normalizer2::getNFCInstance(status);
    return loaded(found, status);
  }();
  return made;
}

const icu::Normalizer2& case_folding()
{
  static const icu::Normalizer2& made = []() -> const icu::Normalizer2& {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* found = icu::Normalizer2::getNFKCCasefoldInstance(status);
    return loaded(found, status);
  }();
  return made;
}

std::string normalized(const icu::Normalizer2& normalizer, std::string_view utf8)
{
  std::string out;
  icu::StringByteSink<std::string> sink{&out};
  UErrorCode status = U_ZERO_ERROR;
  const icu::StringPiece piece{utf8.data(), static_cast<std::int32_t>(utf8.size())};
  normalizer.normalizeUTF8(0, piece, sink, nullptr, status);
  if (U_FAILURE(status) != 0) {
    throw Fault{"ICU cannot normalize a text"};
  }
  return out;
}

bool is_ascii(std::string_view text)
{
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_joiner(char32_t point)
{
  return point == zero_width_joiner || point == zero_width_non_joiner;
}

/// Variation selectors: emoji presentation, and Japanese names written with a particular form of a character.
bool is_variation_selector(char32_t point)
{
  return (point >= 0xFE00 && point <= 0xFE0F) || (point >= 0xE0100 && point <= 0xE01EF);
}

/// Letters of scripts without case, their marks, and pictures: what a joiner has work to do between.
bool is_joinable(char32_t point)
{
  constexpr std::uint32_t joinable = U_GC_LO_MASK | U_GC_MN_MASK | U_GC_MC_MASK | U_GC_SO_MASK | U_GC_SK_MASK;
  return !is_joiner(point) && (U_MASK(u_charType(static_cast<UChar32>(point))) & joinable) != 0;
}

bool is_blank(char32_t point)
{
  return u_isUWhiteSpace(static_cast<UChar32>(point)) != 0 || point == braille_blank;
}

struct Neighbours {
  char32_t before;  ///< 0 at the ends
  char32_t after;
};

/// One code point of a line. Invisible ones are let through only where writing needs them.
std::string_view problem_with(char32_t point, Neighbours around)
{
  const auto category = U_MASK(u_charType(static_cast<UChar32>(point)));
  if ((category & (U_GC_CC_MASK | U_GC_ZL_MASK | U_GC_ZP_MASK)) != 0) {
    return "must be one line without control characters";
  }
  if (is_joiner(point)) {
    return is_joinable(around.before) && is_joinable(around.after) ? ""
                                                                   : "must not hold invisible characters";
  }
  if (is_variation_selector(point)) {
    return around.before != 0 && !is_blank(around.before) ? "" : "must not hold invisible characters";
  }
  if ((category & U_GC_CF_MASK) != 0 ||
      u_hasBinaryProperty(static_cast<UChar32>(point), UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0) {
    return "must not hold invisible characters";
  }
  if (u_hasBinaryProperty(static_cast<UChar32>(point), UCHAR_NONCHARACTER_CODE_POINT) != 0) {
    return "must not hold code points that are no characters";
  }
  return {};
}

}  // namespace

bool is_utf8(std::string_view text)
{
  std::size_t at = 0;
  while (at < text.size()) {
    if (!next_code_point(text, at)) {
      return false;
    }
  }
  return true;
}

std::size_t length(std::string_view utf8)
{
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  return static_cast<std::size_t>(std::ranges::count_if(utf8, begins));
}

std::string cut(std::string_view text, std::size_t bytes_max)
{
  std::string out;
  out.reserve(std::min(text.size(), bytes_max));
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t begin = at;
    const bool valid = next_code_point(text, at).has_value();
    const std::string_view piece = valid ? text.substr(begin, at - begin) : std::string_view{"?"};
    if (out.size() + piece.size() > bytes_max) {
      break;
    }
    out += piece;
  }
  return out;
}

std::string nfc(std::string_view utf8)
{
  return is_ascii(utf8) ? std::string{utf8} : normalized(composing(), utf8);
}

std::string folded(std::string_view utf8)
{
  if (!is_ascii(utf8)) {
    return normalized(case_folding(), utf8);
  }
  std::string out{utf8};
  std::ranges::for_each(out, [](char& c) { c = ascii_lower(c); });
  return out;
}

std::string_view problem_with_line(std::string_view utf8)
{
  bool blank = true;
  char32_t before = 0;
  std::size_t at = 0;
  while (at < utf8.size()) {
    const auto point = next_code_point(utf8, at);
    if (!point) {
      return "must be valid UTF-8";
    }
    std::size_t ahead = at;
    const char32_t after = at < utf8.size() ? next_code_point(utf8, ahead).value_or(0) : 0;
    if (const std::string_view reason = problem_with(*point, {.before = before, .after = after});
        !reason.empty()) {
      return reason;
    }
    blank = blank && (is_blank(*point) || is_variation_selector(*point));
    before = *point;
  }
  return blank ? "must not be blank" : "";
}

}  // namespace usher::text
