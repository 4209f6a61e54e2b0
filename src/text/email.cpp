#include "text/email.hpp"

#include "base/fault.hpp"
#include "text/code_points.hpp"
#include "text/unicode.hpp"

#include <unicode/bytestream.h>
#include <unicode/idna.h>
#include <unicode/stringpiece.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

namespace usher::text {
namespace {

constexpr std::size_t address_bytes_max = 254;  // RFC 5321 4.5.3.1.3, less the angle brackets
constexpr std::size_t local_bytes_max = 64;     // RFC 5321 4.5.3.1.1
constexpr std::size_t label_bytes_max = 63;     // RFC 1035 2.3.4
constexpr std::string_view dotless_i = "\u0131";
constexpr std::string_view capital_sharp_s = "\u1E9E";
constexpr std::string_view dot_above = "\u0307";

/// RFC 5322 3.2.3.
constexpr auto is_atext = [] {
  std::array<bool, 128> table{};
  for (const char c :
       std::string_view{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~"
       }) {
    table.at(static_cast<unsigned char>(c)) = true;
  }
  return table;
}();

bool is_ascii(std::string_view text)
{
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

std::string lower(std::string_view ascii)
{
  std::string out{ascii};
  std::ranges::for_each(out, [](char& c) { c = ascii_lower(c); });
  return out;
}

/// RFC 6531 lets every character beyond ASCII into an atom. We keep out what cannot be seen (control, format,
/// white space, ignorable), and what this version of Unicode does not know, since its folding is not settled.
bool is_atom_character(char32_t point)
{
  if (point < is_atext.size()) {
    return is_atext.at(point);
  }
  const auto code = static_cast<UChar32>(point);
  constexpr std::uint32_t kept_out = U_GC_C_MASK | U_GC_Z_MASK;
  return (U_MASK(u_charType(code)) & kept_out) == 0 &&
         u_hasBinaryProperty(code, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) == 0;
}

/// RFC 5322 3.2.3: atoms with single dots between them.
bool is_dot_atom(std::string_view local)
{
  if (local.empty() || local.size() > local_bytes_max) {
    return false;
  }
  bool after_dot = true;
  std::size_t at = 0;
  while (at < local.size()) {
    const auto point = next_code_point(local, at);
    const bool dot = point == U'.';
    if (!point || (dot && after_dot) || (!dot && !is_atom_character(*point))) {
      return false;
    }
    after_dot = dot;
  }
  return !after_dot;
}

/// Systems that go through upper case take a dotless i and a dotted capital I for i (CVE-2019-19844). Case
/// folding keeps the first apart and makes the second "i" with a dot above; here all of them are "i".
std::string without_turkic_dots(std::string_view folded_text)
{
  std::string out;
  for (std::size_t at = 0; at < folded_text.size();) {
    const std::string_view rest = folded_text.substr(at);
    if (rest.starts_with(dotless_i)) {
      out += 'i';
      at += dotless_i.size();
    } else if (rest.starts_with(dot_above) && out.ends_with('i')) {
      at += dot_above.size();
    } else {
      out += rest.front();
      ++at;
    }
  }
  return out;
}

std::optional<std::string> local_key(std::string_view local)
{
  if (!is_dot_atom(local)) {
    return std::nullopt;
  }
  if (is_ascii(local)) {
    return lower(local);
  }
  std::string key = folded(without_turkic_dots(folded(local)));
  // Folding may make specials of compatibility characters: U+FF20 an '@', U+2024 a dot. Nobody needs those.
  if (!is_dot_atom(key) || std::ranges::count(key, '.') != std::ranges::count(local, '.')) {
    return std::nullopt;
  }
  return key;
}

const icu::IDNA& idna()
{
  static const std::unique_ptr<const icu::IDNA> made = [] {
    constexpr std::uint32_t options = UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ |
                                      UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE;
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<const icu::IDNA> instance{icu::IDNA::createUTS46Instance(options, status)};
    if (U_FAILURE(status) != 0) {
      throw Fault{"ICU has no IDNA data; install the ICU library's data"};
    }
    return instance;
  }();
  return *made;
}

/// UTS #46, nontransitional. ICU also refuses "--" in third and fourth place, which registries gave out
/// freely before IDNA; a label that begins with xn-- is decoded and checked all the same.
std::optional<std::string> ascii_domain(std::string_view domain)
{
  std::string out;
  icu::StringByteSink<std::string> sink{&out};
  icu::IDNAInfo info;
  UErrorCode status = U_ZERO_ERROR;
  const icu::StringPiece piece{domain.data(), static_cast<std::int32_t>(domain.size())};
  idna().nameToASCII_UTF8(piece, sink, info, status);
  if (U_FAILURE(status) != 0) {
    throw Fault{"ICU cannot convert a domain name"};
  }
  if ((info.getErrors() & ~static_cast<std::uint32_t>(UIDNA_ERROR_HYPHEN_3_4)) != 0 || !is_ascii(out)) {
    return std::nullopt;
  }
  return lower(out);
}

bool is_label(std::string_view label)
{
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-'; };
  return !label.empty() && label.size() <= label_bytes_max && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, fits);
}

/// At least two labels of letters, digits and hyphens; the last is not a number, for then it would be an
/// address.
bool is_host_name(std::string_view domain)
{
  std::size_t labels = 0;
  std::string_view label;
  for (std::size_t begin = 0; begin <= domain.size(); begin += label.size() + 1) {
    label = domain.substr(begin, domain.find('.', begin) - begin);
    if (!is_label(label)) {
      return false;
    }
    ++labels;
  }
  return labels >= 2 && !std::ranges::all_of(label, is_digit);
}

std::optional<std::string> domain_key(std::string_view domain)
{
  if (domain.find(capital_sharp_s) != std::string_view::npos) {
    return std::nullopt;  // UTS #46 maps it to "ss" before version 15.1 and to sharp s since: two domains
  }
  std::string key;
  if (is_ascii(domain) && lower(domain).find("xn--") == std::string::npos) {
    key = lower(domain);
  } else if (auto converted = ascii_domain(domain)) {
    key = std::move(*converted);
  }
  if (key.ends_with('.')) {
    key.pop_back();
  }
  if (!is_host_name(key)) {
    return std::nullopt;
  }
  return key;
}

}  // namespace

std::optional<std::string> email_key(std::string_view email)
{
  const std::size_t at = email.find('@');
  if (email.size() > address_bytes_max || at == std::string_view::npos || !is_utf8(email)) {
    return std::nullopt;
  }
  const auto local = local_key(email.substr(0, at));
  const auto domain = local ? domain_key(email.substr(at + 1)) : std::nullopt;
  if (!domain || local->size() + 1 + domain->size() > address_bytes_max) {
    return std::nullopt;
  }
  return *local + '@' + *domain;
}

std::string_view problem_with_email(std::string_view email)
{
  return email_key(email) ? "" : "must be an e-mail address such as ada@example.com";
}

}  // namespace usher::text
