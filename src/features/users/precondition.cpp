#include "features/users/precondition.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace usher::users {
namespace {

std::string_view trimmed(std::string_view text)
{
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Nothing for a tag that etag_of() does not write, such as W/"7" or "07".
std::optional<std::int64_t> version_of(std::string_view tag)
{
  if (tag.size() < 3 || tag.front() != '"' || tag.back() != '"' || tag[1] == '0' || tag[1] == '-') {
    return std::nullopt;
  }
  const std::string_view digits = tag.substr(1, tag.size() - 2);
  std::int64_t version{};
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
  if (failed != std::errc{} || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return version;
}

}  // namespace

std::string etag_of(std::int64_t version)
{
  return '"' + std::to_string(version) + '"';
}

// Our tags hold digits only, so a comma always ends one; foreign tags may be cut in two, and match nothing.
Expected::Expected(std::string_view if_match)
    : anything_{if_match.data() == nullptr || trimmed(if_match) == "*"}
{
  while (!anything_ && !if_match.empty()) {
    const auto comma = if_match.find(',');
    if (const auto version = version_of(trimmed(if_match.substr(0, comma)))) {
      versions_.push_back(*version);
    }
    if_match.remove_prefix(comma == std::string_view::npos ? if_match.size() : comma + 1);
  }
}

Result<Done> Expected::check(std::int64_t version) const
{
  if (!anything_ && std::ranges::find(versions_, version) == versions_.end()) {
    return refuse(precondition_failed);
  }
  return Done{};
}

}  // namespace usher::users
