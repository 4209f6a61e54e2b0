#include "http/head_fields.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace usher::http {
namespace {

char lower(char letter)
{
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter;
}

bool is_digit(char letter)
{
  return letter >= '0' && letter <= '9';
}

bool is_name_letter(char letter)
{
  return is_digit(letter) || (lower(letter) >= 'a' && lower(letter) <= 'z') || letter == '-' ||
         letter == '.' || letter == '_';
}

bool is_ipv6_letter(char letter)
{
  return is_digit(letter) || (lower(letter) >= 'a' && lower(letter) <= 'f') || letter == ':' || letter == '.';
}

bool is_port(std::string_view text)
{
  std::uint16_t port = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), port);
  return failed == std::errc{} && end == text.data() + text.size();
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b)
{
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text)
{
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_host(std::string_view text)
{
  std::size_t end = 0;
  if (text.starts_with('[')) {
    end = text.find(']');
    if (end == std::string_view::npos || end < 3 ||
        !std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(end), is_ipv6_letter)) {
      return false;
    }
    ++end;
  } else {
    end = std::min(text.find(':'), text.size());
    if (end == 0 ||
        !std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), is_name_letter)) {
      return false;
    }
  }
  const std::string_view rest = text.substr(end);
  return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
}

std::string_view next_element(std::string_view& list)
{
  const auto comma = list.find(',');
  const std::string_view element = trimmed(list.substr(0, comma));
  list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
  return element;
}

}  // namespace usher::http
