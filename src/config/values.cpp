#include "config/values.hpp"

#include "base/time.hpp"

#include <algorithm>

namespace usher::config {
namespace {

std::string_view trimmed(std::string_view text)
{
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
  while (!text.empty() && text.back() == ' ') {
    text.remove_suffix(1);
  }
  return text;
}

std::string problem_with(std::string_view text, const Setting& setting)
{
  return setting.rule.check == nullptr ? std::string{} : setting.rule.check(text);
}

std::string joined(std::span<const std::string_view> words, std::string_view between)
{
  std::string text;
  for (const std::string_view word : words) {
    text.append(text.empty() ? "" : between).append(word);
  }
  return text;
}

/// "64k" and "1m" for numbers that are easier said so.
std::int64_t take_unit(std::string_view& text)
{
  if (text.size() > 1 && (text.back() == 'k' || text.back() == 'm')) {
    const std::int64_t unit = text.back() == 'k' ? 1024 : std::int64_t{1024} * 1024;
    text.remove_suffix(1);
    return unit;
  }
  return 1;
}

std::string out_of_range(const Rule& rule, std::string (*show)(std::int64_t))
{
  return rule.max == 0 ? "must be at least " + show(rule.min)
                       : "must be from " + show(rule.min) + " to " + show(rule.max);
}

bool within(const Rule& rule, std::int64_t number)
{
  return number >= rule.min && (rule.max == 0 || number <= rule.max);
}

std::string show_number(std::int64_t number)
{
  return std::to_string(number);
}

std::string show_duration(std::int64_t seconds)
{
  return seconds == 0 ? "0" : format_duration(std::chrono::seconds{seconds});
}

}  // namespace

std::string set_value(std::string& value, const Setting& setting, std::string_view text)
{
  if (std::string reason = problem_with(text, setting); !reason.empty()) {
    return reason;
  }
  value = text;
  return {};
}

std::string set_value(Secret& value, const Setting& /*setting*/, std::string_view text)
{
  value = Secret{text};
  return {};
}

std::string set_value(std::vector<std::string>& value, const Setting& setting, std::string_view text)
{
  std::vector<std::string> members;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t comma = std::min(text.find(',', from), text.size());
    const std::string_view member = trimmed(text.substr(from, comma - from));
    from = comma + 1;
    if (std::string reason = problem_with(member, setting); !reason.empty()) {
      return reason;
    }
    members.emplace_back(member);
  }
  value = std::move(members);
  return {};
}

std::string set_value(bool& value, const Setting& /*setting*/, std::string_view text)
{
  if (text != "true" && text != "false") {
    return "must be true or false";
  }
  value = text == "true";
  return {};
}

std::string set_value(std::chrono::seconds& value, const Setting& setting, std::string_view text)
{
  const auto duration = parse_duration(text);
  if (!duration) {
    return "must be a duration such as 90s, 15m, 24h or 30d, or whole seconds";
  }
  if (!within(setting.rule, duration->count())) {
    return out_of_range(setting.rule, show_duration);
  }
  value = *duration;
  return {};
}

std::string set_value(
    std::optional<std::chrono::seconds>& value, const Setting& setting, std::string_view text
)
{
  if (text == until_used) {
    value.reset();
    return {};
  }
  std::chrono::seconds duration{0};
  const std::string reason = set_value(duration, setting, text);
  if (reason.empty()) {
    value = duration;
    return {};
  }
  return std::string{until_used} + " or a duration: " + reason;
}

std::string set_number(std::int64_t& value, const Setting& setting, std::string_view text)
{
  const std::int64_t unit = take_unit(text);
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size()) {
    return "must be a whole number";
  }
  if (number > std::numeric_limits<std::int64_t>::max() / unit || !within(setting.rule, number * unit)) {
    return out_of_range(setting.rule, show_number);
  }
  value = number * unit;
  return {};
}

std::string set_choice(std::size_t& index, const Setting& setting, std::string_view text)
{
  const auto found = std::ranges::find(setting.choices, text);
  if (found == setting.choices.end()) {
    return "must be one of " + joined(setting.choices, ", ");
  }
  index = static_cast<std::size_t>(found - setting.choices.begin());
  return {};
}

std::string text_of(const std::string& value)
{
  return value;
}

std::string text_of(const Secret& value)
{
  return value.empty() ? "" : "********";
}

std::string text_of(const std::vector<std::string>& value)
{
  std::string text;
  for (const std::string& member : value) {
    text.append(text.empty() ? "" : ",").append(member);
  }
  return text;
}

std::string text_of(bool value)
{
  return value ? "true" : "false";
}

std::string text_of(std::chrono::seconds value)
{
  return show_duration(value.count());
}

std::string text_of(const std::optional<std::chrono::seconds>& value)
{
  return value ? text_of(*value) : std::string{until_used};
}

}  // namespace usher::config
