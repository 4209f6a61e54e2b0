#include "json/writer.hpp"

#include "base/time.hpp"

#include <array>
#include <charconv>
#include <chrono>

namespace usher::json {
namespace {

/// What follows the backslash, 'u' for the six-byte form, 0 for bytes that stand for themselves.
/// DEL and U+2028 are legal JSON; browsers and log readers get them as they are.
constexpr auto escapes = [] {
  std::array<char, 256> table{};
  for (std::size_t byte = 0; byte < 0x20; ++byte) {
    table.at(byte) = 'u';
  }
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  table['"'] = '"';
  table['\\'] = '\\';
  return table;
}();

constexpr char escape_of(char c)
{
  return escapes.at(static_cast<unsigned char>(c));
}

void append_escaped(std::string& out, char c)
{
  constexpr std::string_view digits = "0123456789abcdef";
  out += '\\';
  out += escape_of(c);
  if (escape_of(c) == 'u') {
    const auto byte = static_cast<unsigned char>(c);
    out += "00";
    out += digits[byte >> 4U];
    out += digits[byte & 0x0FU];
  }
}

void put_two_digits(char* at, unsigned value)
{
  at[0] = static_cast<char>('0' + (value / 10));
  at[1] = static_cast<char>('0' + (value % 10));
}

/// What rfc3339 says, without strftime, which would cost more than the rest of the object.
void append_time(std::string& out, Instant value)
{
  const auto days = std::chrono::floor<std::chrono::days>(value);
  const std::chrono::year_month_day date{days};
  const std::chrono::hh_mm_ss time{value - days};
  const int year = static_cast<int>(date.year());
  if (year < 0 || year > 9999) {
    out += rfc3339(value);
    return;
  }
  constexpr std::string_view form = "0000-00-00T00:00:00Z";
  std::array<char, form.size()> text{};
  form.copy(text.data(), form.size());
  put_two_digits(text.data(), static_cast<unsigned>(year) / 100);
  put_two_digits(text.data() + 2, static_cast<unsigned>(year) % 100);
  put_two_digits(text.data() + 5, static_cast<unsigned>(date.month()));
  put_two_digits(text.data() + 8, static_cast<unsigned>(date.day()));
  put_two_digits(text.data() + 11, static_cast<unsigned>(time.hours().count()));
  put_two_digits(text.data() + 14, static_cast<unsigned>(time.minutes().count()));
  put_two_digits(text.data() + 17, static_cast<unsigned>(time.seconds().count()));
  out.append(text.data(), text.size());
}

}  // namespace

void Writer::separate()
{
  if (!first_) {
    text_ += ',';
  }
  first_ = false;
}

void Writer::begin_object()
{
  separate();
  text_ += '{';
  first_ = true;
}

void Writer::end_object()
{
  text_ += '}';
  first_ = false;
}

void Writer::begin_list()
{
  separate();
  text_ += '[';
  first_ = true;
}

void Writer::end_list()
{
  text_ += ']';
  first_ = false;
}

void Writer::key(std::string_view name)
{
  separate();
  text_ += '"';
  text_ += name;
  text_ += "\":";
  first_ = true;
}

void Writer::free_key(std::string_view name)
{
  text(name);
  text_ += ':';
  first_ = true;
}

void Writer::text(std::string_view value)
{
  separate();
  text_ += '"';
  std::size_t begin = 0;
  for (std::size_t at = 0; at < value.size(); ++at) {
    if (escape_of(value[at]) != 0) [[unlikely]] {
      text_.append(value, begin, at - begin);
      append_escaped(text_, value[at]);
      begin = at + 1;
    }
  }
  text_.append(value, begin);
  text_ += '"';
}

// NOLINTNEXTLINE(bugprone-easily-swappable-parameters): as declared
void Writer::member(std::string_view name, std::string_view value)
{
  key(name);
  text(value);
}

void Writer::integer(std::int64_t value)
{
  separate();
  std::array<char, 20> digits{};  // "-9223372036854775808"
  const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  text_.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

void Writer::boolean(bool value)
{
  separate();
  text_ += value ? "true" : "false";
}

void Writer::null()
{
  separate();
  text_ += "null";
}

void Writer::instant(Instant value)
{
  separate();
  text_ += '"';
  append_time(text_, value);
  text_ += '"';
}

void Writer::raw(std::string_view json)
{
  separate();
  text_ += json;
}

void write_object(Writer& out, const void* value, const AnyShape& shape)
{
  out.begin_object();
  for (const Field& field : shape.fields) {
    if (field.write == nullptr || field.write_only || (field.missing != nullptr && field.missing(value))) {
      continue;
    }
    out.key(field.name);
    field.write(out, value, field.element);
  }
  out.end_object();
}

}  // namespace usher::json
