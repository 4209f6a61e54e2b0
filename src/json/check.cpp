#include "json/check.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace usher::json {
namespace {

/// More choices than this are not read out in an error.
constexpr std::size_t choices_told_max = 8;

bool bounded_above(const Limits& limits)
{
  return limits.max != 0 || limits.min < 0;
}

bool within(std::int64_t amount, const Limits& limits)
{
  return amount >= limits.min && (!bounded_above(limits) || amount <= limits.max);
}

struct Words {
  std::string_view verb;
  std::string_view one{};
  std::string_view many{};
};

/// "must be 1 to 30 characters", "must be at least 8 characters", "must be 16 to 100".
std::string range(const Limits& limits, const Words& words)
{
  std::string said{words.verb};
  std::int64_t last = limits.max;
  if (!bounded_above(limits)) {
    said += " at least " + std::to_string(limits.min);
    last = limits.min;
  } else if (limits.min == 0 && !words.many.empty()) {
    said += " at most " + std::to_string(limits.max);
  } else if (limits.min == limits.max) {
    said += " exactly " + std::to_string(limits.max);
  } else {
    said += ' ' + std::to_string(limits.min) + " to " + std::to_string(limits.max);
  }
  if (!words.many.empty()) {
    said += ' ';
    said += last == 1 ? words.one : words.many;
  }
  return said;
}

std::string choices(std::span<const std::string_view> one_of)
{
  if (one_of.size() > choices_told_max) {
    return "is not one of the values allowed here";
  }
  std::string said{"must be one of"};
  std::string_view between{" "};
  for (const std::string_view choice : one_of) {
    said += between;
    said += choice;
    between = ", ";
  }
  return said;
}

std::int64_t code_points(std::string_view utf8)
{
  return std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
}

}  // namespace

std::string_view wrong_type(Type type)
{
  switch (type) {
    case Type::text:
    case Type::instant: return "must be text";
    case Type::integer: return "must be a whole number";
    case Type::boolean: return "must be true or false";
    case Type::object: return "must be an object";
    case Type::list: return "must be a list";
  }
  return {};
}

std::string problem_with_text(std::string_view text, const Limits& limits)
{
  if (!within(code_points(text), limits)) {
    return range(limits, {.verb = "must be", .one = "character", .many = "characters"});
  }
  return problem_with_entry(text, limits);
}

std::string problem_with_entry(std::string_view text, const Limits& limits)
{
  if (text.find('\0') != std::string_view::npos) {
    return "must not hold the character U+0000";
  }
  if (!limits.one_of.empty() && std::ranges::find(limits.one_of, text) == limits.one_of.end()) {
    return choices(limits.one_of);
  }
  return std::string{limits.check != nullptr ? limits.check(text) : std::string_view{}};
}

std::string problem_with_integer(std::int64_t value, const Limits& limits)
{
  const bool unlimited = limits.min == 0 && limits.max == 0;
  if (!unlimited && !within(value, limits)) {
    return range(limits, {.verb = "must be"});
  }
  if (limits.check == nullptr) {
    return {};
  }
  std::array<char, 20> digits{};
  const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return std::string{limits.check({digits.data(), end})};
}

std::string problem_with_count(std::size_t entries, const Limits& limits)
{
  if (!within(static_cast<std::int64_t>(entries), limits)) {
    return range(limits, {.verb = "must have", .one = "entry", .many = "entries"});
  }
  return {};
}

}  // namespace usher::json
