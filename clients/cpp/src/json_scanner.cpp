#include "json_scanner.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <vector>

namespace usher::verify {
namespace {

constexpr int depth_max = 32;
constexpr std::uint32_t high_surrogates = 0xD800;
constexpr std::uint32_t low_surrogates = 0xDC00;

std::uint32_t byte_of(char letter)
{
  return static_cast<unsigned char>(letter);
}

bool is_digit(char letter)
{
  return letter >= '0' && letter <= '9';
}

/// A letter that stands for itself in a text.
bool is_plain(char letter)
{
  return byte_of(letter) >= 0x20 && byte_of(letter) < 0x80 && letter != '"' && letter != '\\';
}

/// How many bytes the character at `at` has, which is no ASCII; 0 when it is not UTF-8 (RFC 3629 section 4).
std::size_t utf8_size(const char* at, const char* end)
{
  const std::uint32_t lead = byte_of(*at);
  const std::size_t size = 2 + (lead >= 0xE0 ? 1U : 0U) + (lead >= 0xF0 ? 1U : 0U);
  if (lead < 0xC2 || lead > 0xF4 || static_cast<std::size_t>(end - at) < size) {
    return 0;
  }
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte_of(at[i]) & 0xC0U) != 0x80) {
      return 0;
    }
  }
  const std::uint32_t second = byte_of(at[1]);
  // No longer form than needed, no surrogates, nothing beyond the last code point.
  const bool wrong = (lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
                     (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F);
  return wrong ? 0 : size;
}

bool is_surrogate(std::uint32_t code)
{
  return code >= high_surrogates && code < 0xE000;
}

void append_utf8(std::string& out, std::uint32_t code)
{
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0U | (code >> 6U));
    out += static_cast<char>(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0U | (code >> 12U));
    out += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (code & 0x3FU));
  } else {
    out += static_cast<char>(0xF0U | (code >> 18U));
    out += static_cast<char>(0x80U | ((code >> 12U) & 0x3FU));
    out += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (code & 0x3FU));
  }
}

}  // namespace

char JsonScanner::peek()
{
  while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')) {
    ++at_;
  }
  return at_ == end_ || failed_ ? '\0' : *at_;
}

bool JsonScanner::accept(char letter)
{
  if (peek() != letter || at_ == end_) {
    return false;
  }
  ++at_;
  return true;
}

void JsonScanner::expect(char letter)
{
  failed_ = !accept(letter) || failed_;
}

std::string_view JsonScanner::text()
{
  expect('"');
  const char* const start = at_;
  while (!failed_ && at_ != end_ && is_plain(*at_)) {
    ++at_;
  }
  if (failed_ || at_ == end_) {
    fail();
    return {};
  }
  if (*at_ != '"') {
    return escaped_text(start);
  }
  return {start, static_cast<std::size_t>(at_++ - start)};
}

/// From the first letter on that does not stand for itself.
std::string_view JsonScanner::escaped_text(const char* start)
{
  buffer_.assign(start, at_);
  while (!failed_ && at_ != end_ && *at_ != '"') {
    take_letter();
  }
  expect_here('"');
  return failed_ ? std::string_view{} : buffer_;
}

void JsonScanner::take_letter()
{
  if (is_plain(*at_)) {
    buffer_ += *at_++;
    return;
  }
  if (*at_ == '\\') {
    ++at_;
    unescape();
    return;
  }
  const std::size_t size = utf8_size(at_, end_);
  failed_ = size == 0;
  buffer_.append(at_, size);
  at_ += size;
}

/// What follows a backslash.
void JsonScanner::unescape()
{
  constexpr std::string_view letters = "\"\\/bfnrt";
  constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  const char letter = at_ == end_ ? '\0' : *at_++;
  if (letter == 'u') {
    append_code_point();
    return;
  }
  const std::size_t found = letters.find(letter);
  failed_ = found == std::string_view::npos;
  buffer_ += failed_ ? '\0' : meanings[found];
}

/// RFC 8259 section 7: one unit, or two that are a surrogate pair.
void JsonScanner::append_code_point()
{
  std::uint32_t code = code_unit();
  if (is_surrogate(code)) {
    expect_here('\\');
    expect_here('u');
    const std::uint32_t low = failed_ ? 0 : code_unit();
    failed_ = failed_ || code >= low_surrogates || low < low_surrogates || !is_surrogate(low);
    code = 0x10000 + ((code - high_surrogates) << 10U) + (low - low_surrogates);
  }
  if (!failed_) {
    append_utf8(buffer_, code);
  }
}

/// The four hexadecimal digits after \u.
std::uint32_t JsonScanner::code_unit()
{
  std::uint32_t code = 0;
  const char* const stop = at_ + std::min<std::ptrdiff_t>(4, end_ - at_);
  const auto [read, error] = std::from_chars(at_, stop, code, 16);
  failed_ = failed_ || error != std::errc{} || read - at_ != 4;
  at_ = read;
  return failed_ ? 0 : code;
}

/// Unlike expect(), skips no white space first.
void JsonScanner::expect_here(char letter)
{
  failed_ = failed_ || at_ == end_ || *at_ != letter;
  at_ += failed_ ? 0 : 1;
}

std::size_t JsonScanner::digits()
{
  const char* const start = at_;
  while (at_ != end_ && is_digit(*at_)) {
    ++at_;
  }
  return static_cast<std::size_t>(at_ - start);
}

bool JsonScanner::skip_one_of(std::string_view letters)
{
  const bool found = at_ != end_ && letters.find(*at_) != std::string_view::npos;
  at_ += found ? 1 : 0;
  return found;
}

std::optional<std::int64_t> JsonScanner::number()
{
  peek();
  const char* const start = at_;
  skip_one_of("-");
  const char* const first = at_;
  const std::size_t whole = digits();
  bool good = whole == 1 || (whole > 1 && *first != '0');
  const bool has_fraction = skip_one_of(".");
  good = (!has_fraction || digits() > 0) && good;
  const bool has_exponent = skip_one_of("eE");
  if (has_exponent) {
    skip_one_of("+-");
    good = digits() > 0 && good;
  }
  std::int64_t value = 0;
  if (good && !has_fraction && !has_exponent && std::from_chars(start, at_, value).ec == std::errc{}) {
    return value;
  }
  double rounded = 0;
  failed_ = failed_ || !good || std::from_chars(start, at_, rounded).ec != std::errc{};
  return std::nullopt;
}

bool JsonScanner::flag()
{
  const bool is_true = peek() == 't';
  word(is_true ? "true" : "false");
  return is_true;
}

void JsonScanner::word(std::string_view wanted)
{
  if (static_cast<std::size_t>(end_ - at_) < wanted.size() ||
      std::string_view{at_, wanted.size()} != wanted) {
    fail();
    return;
  }
  at_ += wanted.size();
}

void JsonScanner::enter(char letter)
{
  expect(letter);
  failed_ = ++depth_ > depth_max || failed_;
}

// NOLINTNEXTLINE(misc-no-recursion): enter() bounds the depth
void JsonScanner::skip()
{
  switch (peek()) {
    case '"': text(); break;
    case '{': skip_object(); break;
    case '[': skip_list(); break;
    case 't':
    case 'f': flag(); break;
    case 'n': word("null"); break;
    default: number(); break;
  }
}

// NOLINTNEXTLINE(misc-no-recursion): enter() bounds the depth
void JsonScanner::skip_object()
{
  std::vector<std::string> names;
  enter('{');
  for (bool more = peek() != '}'; more && !failed_; more = accept(',')) {
    names.emplace_back(text());
    expect(':');
    skip();
  }
  expect('}');
  leave();
  std::ranges::sort(names);
  failed_ = failed_ || std::ranges::adjacent_find(names) != names.end();
}

// NOLINTNEXTLINE(misc-no-recursion): enter() bounds the depth
void JsonScanner::skip_list()
{
  enter('[');
  for (bool more = peek() != ']'; more && !failed_; more = accept(',')) {
    skip();
  }
  expect(']');
  leave();
}

}  // namespace usher::verify
