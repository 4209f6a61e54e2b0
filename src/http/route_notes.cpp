#include "http/route_notes.hpp"

#include "http/client_gate.hpp"
#include "http/gate.hpp"
#include "http/problem.hpp"
#include "http/refusals.hpp"
#include "json/json.hpp"

#include <algorithm>
#include <set>

namespace usher::http {
namespace {

constexpr std::string_view api_root = "/api/";

void add_once(std::vector<const Refusal*>& list, const Refusal& refusal)
{
  const auto same = [&](const Refusal* other) { return other->code == refusal.code; };
  if (std::ranges::none_of(list, same)) {
    list.push_back(&refusal);
  }
}

void add_guards(std::vector<const Refusal*>& list, Guard guard, const DocumentInfo& info)
{
  if (guard == Guard::open) {
    return;
  }
  if (guard == Guard::client) {
    add_once(list, invalid_client);
    add_once(list, insufficient_scope);
    return;
  }
  if (guard != Guard::optional) {
    add_once(list, token_missing);
  }
  add_once(list, authorization_malformed);
  for (const Refusal* refusal : info.token_refusals) {
    add_once(list, *refusal);
  }
  if (guard == Guard::fresh || guard == Guard::fresh_self_or_admin) {
    add_once(list, token_not_fresh);
  }
  if (guard == Guard::admin) {
    add_once(list, admin_only);
  }
  if (guard == Guard::self_or_admin || guard == Guard::fresh_self_or_admin) {
    add_once(list, not_yours);
  }
}

void add_fronts(std::vector<const Refusal*>& list, const Router::Entry& entry)
{
  add_once(list, request_malformed);
  const bool form = entry.body_type == form_type;
  if (entry.body != nullptr) {
    add_once(list, form ? invalid_request : json::json_invalid);
    add_once(list, body_too_large);
    add_once(list, media_type_unsupported);
  }
  if ((entry.body != nullptr && !form) || !entry.query.empty()) {
    add_once(list, fields_invalid);
  }
  add_once(list, internal_error);
  add_once(list, temporarily_unavailable);
}

// A shape lies within another only as deep as somebody declared it.
// NOLINTBEGIN(misc-no-recursion)
void add_shape(std::map<std::string_view, const json::AnyShape*>& shapes, const json::AnyShape& shape)
{
  if (!shapes.try_emplace(shape.name, &shape).second) {
    return;
  }
  for (const json::Field& field : shape.fields) {
    if (field.element != nullptr) {
      add_shape(shapes, *field.element);
    }
  }
}

/// A field's example as JSON; empty where it has none and may be left out.
std::string field_example(const json::Field& field)
{
  if (!field.example.empty()) {
    return std::string{field.example};
  }
  if (field.presence != json::Presence::required) {
    return {};
  }
  switch (field.type) {
    case json::Type::text: return R"("text")";
    case json::Type::integer: return std::to_string(field.limits.min);
    case json::Type::boolean: return "true";
    case json::Type::instant: return R"("2026-01-31T12:00:00Z")";
    case json::Type::object: return example_of(*field.element);
    case json::Type::list: return "[]";
  }
  return {};
}
// NOLINTEND(misc-no-recursion)

bool alike(const json::AnyShape& one, const json::AnyShape& other)
{
  const auto same = [](const json::Field& a, const json::Field& b) {
    return a.name == b.name && a.type == b.type && a.presence == b.presence;
  };
  return std::ranges::equal(one.fields, other.fields, same);
}

void note_clash(std::vector<std::string>& found, const json::AnyShape& shape, const json::AnyShape& listed)
{
  if (!alike(shape, listed)) {
    found.push_back("two shapes that differ are called " + std::string{shape.name});
  }
}

void note_shape_gaps(std::vector<std::string>& found, const json::AnyShape& shape)
{
  for (const json::Field& field : shape.fields) {
    if (field.doc.empty()) {
      found.push_back(
          std::string{shape.name} + '.' + std::string{field.name} + " has no words of documentation"
      );
    }
  }
}

/// One name may have several rows; the first that says something speaks for all.
std::string doc_of(std::string_view name, const DocumentInfo& info)
{
  const auto speaks = [&](const Tag& tag) { return tag.name == name && !tag.doc.empty(); };
  const auto found = std::ranges::find_if(info.tags, speaks);
  return found == info.tags.end() ? "Routes of " + std::string{name} + '.' : std::string{found->doc};
}

void note_route_gaps(std::vector<std::string>& found, const Router::Entry& entry)
{
  const std::string route = std::string{name_of(entry.method)} + ' ' + entry.pattern;
  if (entry.operation.empty()) {
    found.push_back(route + " has no operation name");
  }
  if (entry.summary.empty()) {
    found.push_back(route + " has no summary");
  }
  const auto not_found = [](const Refusal* refusal) { return refusal->kind == Kind::not_found; };
  if (!path_params(entry.pattern).empty() && std::ranges::none_of(entry.refusals, not_found)) {
    found.push_back(route + " names a row but no refusal for when it is not there");
  }
  if (entry.scope.empty() == (entry.guard == Guard::client)) {
    found.push_back(route + " names no scope for its guard, or one that nobody asks for");
  }
  for (const QueryParam& param : entry.query) {
    if (param.doc.empty()) {
      found.push_back(route + " does not say what its parameter " + std::string{param.name} + " is for");
    }
  }
}

}  // namespace

std::string tag_of(const Router::Entry& entry, const DocumentInfo& info)
{
  for (const Tag& tag : info.tags) {
    if (entry.pattern.starts_with(tag.prefix)) {
      return std::string{tag.name};
    }
  }
  if (!entry.pattern.starts_with(api_root)) {
    return "service";
  }
  const std::size_t begin = api_root.size();
  return entry.pattern.substr(begin, entry.pattern.find('/', begin) - begin);
}

std::vector<TagNote> tags_of(const Router& router, const DocumentInfo& info)
{
  std::set<std::string> used;
  for (const auto& entry : router.entries()) {
    used.insert(tag_of(*entry, info));
  }
  std::vector<TagNote> notes;
  for (const Tag& tag : info.tags) {
    if (used.erase(std::string{tag.name}) > 0) {
      notes.push_back({.name = std::string{tag.name}, .doc = doc_of(tag.name, info)});
    }
  }
  for (const std::string& name : used) {
    notes.push_back({.name = name, .doc = doc_of(name, info)});
  }
  return notes;
}

std::vector<const Refusal*> refusals_of(const Router::Entry& entry, const DocumentInfo& info)
{
  std::vector<const Refusal*> list;
  for (const Refusal* refusal : entry.refusals) {
    add_once(list, *refusal);
  }
  add_guards(list, entry.guard, info);
  add_fronts(list, entry);
  return list;
}

std::map<int, std::vector<const Refusal*>> refusals_by_status(
    const Router::Entry& entry, const DocumentInfo& info
)
{
  std::map<int, std::vector<const Refusal*>> by_status;
  for (const Refusal* refusal : refusals_of(entry, info)) {
    by_status[status_of(refusal->kind)].push_back(refusal);
  }
  return by_status;
}

std::map<std::string_view, const Refusal*> all_refusals(const Router& router, const DocumentInfo& info)
{
  std::map<std::string_view, const Refusal*> all;
  for (const auto& entry : router.entries()) {
    for (const Refusal* refusal : refusals_of(*entry, info)) {
      all.try_emplace(refusal->code, refusal);
    }
  }
  return all;
}

std::string sentence_for(const Router::Entry& entry)
{
  switch (entry.guard) {
    case Guard::open: return "Nothing.";
    case Guard::optional: return "Nothing; an access token that is sent must be good, and may show more.";
    case Guard::access: return "An access token.";
    case Guard::fresh: return "A fresh access token.";
    case Guard::refresh: return "A refresh token.";
    case Guard::admin: return "An access token of an administrator.";
    case Guard::self_or_admin: return "An access token of the user in the path, or of an administrator.";
    case Guard::fresh_self_or_admin:
      return "A fresh access token of the user in the path, or of an administrator.";
    case Guard::client: return "A service credential with the scope `" + entry.scope + "`.";
  }
  return {};
}

std::vector<std::string_view> path_params(std::string_view pattern)
{
  std::vector<std::string_view> names;
  std::size_t open = pattern.find('{');
  while (open != std::string_view::npos) {
    const std::size_t close = pattern.find('}', open);
    names.push_back(pattern.substr(open + 1, close - open - 1));
    open = pattern.find('{', open + 1);
  }
  return names;
}

bool honours_if_match(const Router::Entry& entry)
{
  const auto fails = [](const Refusal* refusal) { return refusal->kind == Kind::precondition_failed; };
  return std::ranges::any_of(entry.refusals, fails);
}

bool has_etag(const Router& router, std::string_view pattern)
{
  const auto tagged = [&](const auto& entry) {
    return entry->pattern == pattern && honours_if_match(*entry);
  };
  return std::ranges::any_of(router.entries(), tagged);
}

std::map<std::string_view, const json::AnyShape*> all_shapes(const Router& router)
{
  std::map<std::string_view, const json::AnyShape*> shapes;
  for (const auto& entry : router.entries()) {
    if (entry->body != nullptr) {
      add_shape(shapes, *entry->body);
    }
    if (entry->reply != nullptr) {
      add_shape(shapes, *entry->reply);
    }
  }
  return shapes;
}

// NOLINTNEXTLINE(misc-no-recursion): see above
std::string example_of(const json::AnyShape& shape)
{
  json::Writer out;
  out.begin_object();
  for (const json::Field& field : shape.fields) {
    if (const std::string example = field_example(field); !example.empty()) {
      out.key(field.name);
      out.raw(example);
    }
  }
  out.end_object();
  return std::move(out).take();
}

std::vector<std::string> gaps(const Router& router)
{
  std::vector<std::string> found;
  const auto shapes = all_shapes(router);
  for (const auto& entry : router.entries()) {
    note_route_gaps(found, *entry);
    if (entry->body != nullptr) {
      note_clash(found, *entry->body, *shapes.at(entry->body->name));
    }
    if (entry->reply != nullptr) {
      note_clash(found, *entry->reply, *shapes.at(entry->reply->name));
    }
  }
  for (const auto& [name, shape] : shapes) {
    note_shape_gaps(found, *shape);
  }
  return found;
}

}  // namespace usher::http
