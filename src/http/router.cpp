#include "http/router.hpp"

#include "http/refusals.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace usher::http {
namespace {

using Segments = std::array<std::string_view, Router::segments_max>;

/// "/api/users/7" has three. 0 for what cannot be a path of ours: too many, or none.
std::size_t split(std::string_view path, Segments& segments)
{
  std::size_t count = 0;
  while (!path.empty()) {
    if (count == segments.size()) {
      return 0;
    }
    path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    segments[count++] = path.substr(0, end);
    path.remove_prefix(end);
  }
  return count;
}

bool is_param(std::string_view segment)
{
  return segment.starts_with('{');
}

/// Only the plain spelling of a path names anything: no escapes, no parameters, no dots, no empty segments.
bool is_plain(std::string_view segment)
{
  return !segment.empty() && segment != "." && segment != ".." &&
         segment.find_first_of("%;\\") == std::string_view::npos;
}

}  // namespace

void Router::add(Entry entry)
{
  USHER_ASSERT(entry.pattern.starts_with('/'));
  entry.index = entries_.size();
  entries_.push_back(std::make_unique<Entry>(std::move(entry)));
  const Entry& added = *entries_.back();

  Segments segments;
  const std::size_t count = split(added.pattern, segments);
  USHER_ASSERT(count > 0);
  Place& place = place_for(added.pattern, std::span{segments}.first(count));
  const Entry*& slot = place.methods.at(static_cast<std::size_t>(added.method));
  USHER_ASSERT(slot == nullptr && added.method != Method::head && added.method != Method::other);
  slot = &added;
  place.allowed = allowed_of(place);
}

/// Literal before {param}, the leftmost segment deciding first.
std::string Router::rank(const Place& place)
{
  std::string marks;
  for (const Part& part : place.parts) {
    marks += part.param ? '1' : '0';
  }
  return marks;
}

/// The one that is there, or a new one in its place by rank.
Router::Place& Router::place_for(const std::string& pattern, std::span<const std::string_view> segments)
{
  auto& bucket = by_size_.at(segments.size() - 1);
  const auto found = std::ranges::find(bucket, pattern, &Place::pattern);
  if (found != bucket.end()) {
    return *found;
  }
  Place fresh{.pattern = pattern};
  for (const std::string_view segment : segments) {
    const bool param = is_param(segment);
    const std::string_view text = param ? segment.substr(1, segment.size() - 2) : segment;
    fresh.parts.push_back({.text = std::string{text}, .param = param});
  }
  const auto after = std::ranges::find_if(bucket, [&](const Place& one) { return rank(one) > rank(fresh); });
  return *bucket.insert(after, std::move(fresh));
}

std::string Router::allowed_of(const Place& place)
{
  std::vector<std::string_view> names{name_of(Method::options)};
  for (const Entry* entry : place.methods) {
    if (entry != nullptr && entry->method != Method::options) {
      names.push_back(name_of(entry->method));
    }
  }
  if (place.methods[static_cast<std::size_t>(Method::get)] != nullptr) {
    names.push_back(name_of(Method::head));
  }
  std::ranges::sort(names);
  std::string list;
  for (const std::string_view name : names) {
    list += list.empty() ? "" : ", ";
    list += name;
  }
  return list;
}

const Router::Place* Router::find(std::string_view path, Request* request) const
{
  Segments segments;
  const std::size_t count = path.starts_with('/') ? split(path, segments) : 0;
  if (count == 0) {
    return nullptr;
  }
  const auto fits = [&](const Place& place) {
    for (std::size_t at = 0; at < count; ++at) {
      const Part& part = place.parts[at];
      if (part.param ? !is_plain(segments[at]) : part.text != segments[at]) {
        return false;
      }
    }
    return true;
  };
  const auto& bucket = by_size_[count - 1];
  const auto place = std::ranges::find_if(bucket, fits);
  if (place == bucket.end()) {
    return nullptr;
  }
  std::size_t param = 0;
  for (std::size_t at = 0; request != nullptr && at < count; ++at) {
    if (place->parts[at].param) {
      request->params.at(param++) = {.name = place->parts[at].text, .value = segments[at]};
    }
  }
  return &*place;
}

Result<const Router::Entry*> Router::match(Request& request) const
{
  const Place* const place = find(request.path, &request);
  if (place == nullptr) {
    return refuse(route_not_found);
  }
  const Method wanted = request.method == Method::head ? Method::get : request.method;
  const Entry* const entry =
      wanted == Method::other ? nullptr : place->methods[static_cast<std::size_t>(wanted)];
  if (entry == nullptr) {
    return refuse(method_not_allowed);
  }
  return entry;
}

std::string Router::allowed(std::string_view path) const
{
  const Place* const place = find(path, nullptr);
  return place == nullptr ? std::string{} : place->allowed;
}

}  // namespace usher::http
