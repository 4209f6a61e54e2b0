#include "log/line.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <ctime>

namespace usher::log {
namespace {

constexpr std::string_view hex = "0123456789abcdef";

struct CodePoint {
  std::uint32_t value;
  std::size_t size;  ///< bytes; 0 when they are not UTF-8
};

CodePoint code_point_at(std::string_view text)
{
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) {
    return {.value = lead, .size = 1};
  }
  std::size_t size = lead >= 0xE0 ? 3 : 2;
  size += lead >= 0xF0 ? 1 : 0;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) {
    return {.value = 0, .size = 0};
  }
  std::uint32_t value = lead & (0xFFU >> (size + 1));
  for (std::size_t at = 1; at < size; ++at) {
    const auto next = static_cast<unsigned char>(text[at]);
    if ((next & 0xC0U) != 0x80U) {
      return {.value = 0, .size = 0};
    }
    value = (value << 6) | (next & 0x3FU);
  }
  constexpr std::array<std::uint32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  return value < least.at(size) || surrogate || value > 0x10FFFF ? CodePoint{.value = 0, .size = 0}
                                                                 : CodePoint{.value = value, .size = size};
}

/// What a terminal or a line reader might act on.
bool is_dangerous(std::uint32_t point)
{
  const bool control = point < 0x20 || (point >= 0x7F && point < 0xA0);
  const bool separator = point == 0x2028 || point == 0x2029;
  const bool direction = (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
  return control || separator || direction;
}

void append_escape(std::string& out, std::uint32_t point)
{
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) {
    out += hex[(point >> static_cast<unsigned>(shift)) & 0xFU];
  }
}

/// How many bytes at the front are visible ASCII that stands for itself: nearly all of nearly every value.
std::size_t plain_length(std::string_view text)
{
  std::size_t length = 0;
  while (length < text.size() && text[length] >= ' ' && text[length] < 0x7F && text[length] != '"' &&
         text[length] != '\\') {
    ++length;
  }
  return length;
}

void append_quoted(std::string& out, std::string_view text)
{
  const bool cut = text.size() > value_bytes_max;
  std::string_view rest = text.substr(0, value_bytes_max);
  out += '"';
  while (!rest.empty()) {
    if (const std::size_t plain = plain_length(rest); plain != 0) {
      out += rest.substr(0, plain);
      rest.remove_prefix(plain);
      continue;
    }
    const CodePoint point = code_point_at(rest);
    if (point.size == 0) {
      const bool tail = cut && rest.size() < 4;  // a character that the cut went through
      out += tail ? "" : "?";
      rest.remove_prefix(1);
      continue;
    }
    if (point.value == '"' || point.value == '\\') {
      out += '\\';
      out += static_cast<char>(point.value);
    } else if (is_dangerous(point.value)) {
      append_escape(out, point.value);
    } else {
      out += rest.substr(0, point.size);
    }
    rest.remove_prefix(point.size);
  }
  out += cut ? "...\"" : "\"";
}

bool is_bare(std::string_view text)
{
  return !text.empty() && text.size() <= value_bytes_max && std::ranges::all_of(text, [](char letter) {
    return letter > ' ' && letter <= '~' && letter != '"' && letter != '\\' && letter != '=';
  });
}

template <class Number>
void append_number(std::string& out, Number number)
{
  std::array<char, 32> text{};
  out.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr);
}

void append_double(std::string& out, double number)
{
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  append_number(out, std::round(number * 1000) / 1000);  // three places are enough for a log
}

/// Everything but text, the same in both formats. False for text.
bool append_plain(std::string& out, const Field& field)
{
  if (const auto* integer = std::get_if<std::int64_t>(&field.value)) {
    append_number(out, *integer);
  } else if (const auto* real = std::get_if<double>(&field.value)) {
    append_double(out, *real);
  } else if (const auto* truth = std::get_if<bool>(&field.value)) {
    out += *truth ? "true" : "false";
  } else {
    return false;
  }
  return true;
}

void append_moment(std::string& out, Moment moment)
{
  const auto second = std::chrono::floor<std::chrono::seconds>(moment);
  // Formatting a date costs more than the rest of a line; nearly all lines share their second with the last.
  thread_local std::chrono::sys_seconds last{std::chrono::seconds{-1}};
  thread_local std::array<char, 24> text{};
  thread_local std::size_t size = 0;
  if (second != last) {
    last = second;
    const std::time_t time = second.time_since_epoch().count();
    std::tm utc{};
    gmtime_r(&time, &utc);
    size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S.", &utc);
  }
  const auto thousandths = static_cast<unsigned>((moment - second).count());
  out.append(text.data(), size);
  out += static_cast<char>('0' + (thousandths / 100));
  out += static_cast<char>('0' + (thousandths / 10 % 10));
  out += static_cast<char>('0' + (thousandths % 10));
  out += 'Z';
}

}  // namespace

std::string_view name_of(Level level)
{
  switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warning: return "warning";
    case Level::error: return "error";
    case Level::off: break;
  }
  return "off";
}

void append_json(std::string& out, Moment moment, Level level, std::string_view message, Fields fields)
{
  out += R"({"time":")";
  append_moment(out, moment);
  out += R"(","level":")";
  out += name_of(level);
  out += R"(","message":)";
  append_quoted(out, message);
  for (const Field& field : fields) {
    out += ',';
    append_quoted(out, field.key);
    out += ':';
    if (!append_plain(out, field)) {
      append_quoted(out, std::get<std::string_view>(field.value));
    }
  }
  out += "}\n";
}

void append_text(std::string& out, Moment moment, Level level, std::string_view message, Fields fields)
{
  append_moment(out, moment);
  out += ' ';
  out += name_of(level);
  out.append(8 - name_of(level).size(), ' ');
  const std::size_t begin = out.size();
  append_quoted(out, message);
  out.erase(begin, 1);  // the message stands without its quotes
  out.pop_back();
  for (const Field& field : fields) {
    out += ' ';
    out += field.key;
    out += '=';
    if (append_plain(out, field)) {
      continue;
    }
    const auto text = std::get<std::string_view>(field.value);
    if (is_bare(text)) {
      out += text;
    } else {
      append_quoted(out, text);
    }
  }
  out += '\n';
}

}  // namespace usher::log
