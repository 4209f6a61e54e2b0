#include "http/openapi.hpp"

#include "http/openapi_parts.hpp"
#include "http/problem.hpp"
#include "json/json.hpp"

#include <algorithm>
#include <set>

namespace usher::http {
namespace {

using json::Writer;

constexpr std::string_view json_type = "application/json";
constexpr std::string_view merge_patch_type = "application/merge-patch+json";

void write_ref(Writer& out, std::string_view section, std::string_view name)
{
  out.begin_object();
  out.member("$ref", "#/components/" + std::string{section} + '/' + std::string{name});
  out.end_object();
}

void write_info(Writer& out, const DocumentInfo& info)
{
  out.key("info");
  out.begin_object();
  out.member("title", info.title);
  out.member("version", info.version);
  out.member("description", info.description);
  out.key("license");
  out.raw(R"({"name":"Apache License 2.0","identifier":"Apache-2.0"})");
  out.end_object();
  out.key("servers");
  out.begin_list();
  out.begin_object();
  out.member("url", info.server_url);
  out.end_object();
  out.end_list();
}

void write_tags(Writer& out, const Router& router, const DocumentInfo& info)
{
  out.key("tags");
  out.begin_list();
  for (const TagNote& tag : tags_of(router, info)) {
    out.begin_object();
    out.member("name", tag.name);
    out.member("description", tag.doc);
    out.end_object();
  }
  out.end_list();
}

void write_security(Writer& out, const Router::Entry& entry)
{
  out.key("security");
  switch (entry.guard) {
    case Guard::open: out.raw("[]"); return;
    case Guard::optional: out.raw(R"([{},{"access_token":[]}])"); return;
    case Guard::refresh: out.raw(R"([{"refresh_token":[]}])"); return;
    case Guard::client: out.raw(R"([{"service_credential":[")" + entry.scope + R"("]}])"); return;
    default: out.raw(R"([{"access_token":[]}])"); return;
  }
}

std::string_view param_schema(std::string_view name, Guard guard)
{
  const bool of_user = guard == Guard::self_or_admin || guard == Guard::fresh_self_or_admin;
  if (name == "id" && of_user) {
    return R"({"type":["integer","string"],"format":"int64","minimum":1,"pattern":"^me$"})";
  }
  if (name == "id" || name == "aid") {
    return R"({"type":"integer","format":"int64","minimum":1})";
  }
  return name == "sid" ? R"({"type":"string","format":"uuid"})" : R"({"type":"string"})";
}

std::string_view param_doc(std::string_view name, Guard guard)
{
  const bool of_user = guard == Guard::self_or_admin || guard == Guard::fresh_self_or_admin;
  return name == "id" && of_user ? "The user's number, or \"me\" for the token's own user." : "Which one.";
}

struct Param {
  std::string_view where;
  std::string_view name;
  std::string_view doc;
  std::string_view schema;
};

void write_param(Writer& out, const Param& param)
{
  out.begin_object();
  out.member("name", param.name);
  out.member("in", param.where);
  if (param.where == "path") {
    out.key("required");
    out.boolean(true);
  }
  out.member("description", param.doc);
  out.key("schema");
  out.raw(param.schema);
  out.end_object();
}

void write_params(Writer& out, const Router::Entry& entry)
{
  const auto names = path_params(entry.pattern);
  const bool if_match = honours_if_match(entry);
  if (names.empty() && entry.query.empty() && !if_match) {
    return;
  }
  out.key("parameters");
  out.begin_list();
  for (const std::string_view name : names) {
    write_param(
        out,
        {.where = "path",
         .name = name,
         .doc = param_doc(name, entry.guard),
         .schema = param_schema(name, entry.guard)}
    );
  }
  for (const QueryParam& param : entry.query) {
    write_param(out, {.where = "query", .name = param.name, .doc = param.doc, .schema = param.schema});
  }
  if (if_match) {
    write_param(
        out,
        {.where = "header",
         .name = "If-Match",
         .doc = "The ETag last read: refused with 412 when it has changed since.",
         .schema = R"({"type":"string"})"}
    );
  }
  out.end_list();
}

void write_json_content(Writer& out, std::string_view type, const json::AnyShape& shape)
{
  out.key(type);
  out.begin_object();
  out.key("schema");
  write_ref(out, "schemas", shape.name);
  out.end_object();
}

void write_body(Writer& out, const Router::Entry& entry)
{
  if (entry.body == nullptr) {
    return;
  }
  out.key("requestBody");
  out.begin_object();
  out.key("required");
  out.boolean(true);
  out.key("content");
  out.begin_object();
  write_json_content(out, entry.body_type, *entry.body);
  if (entry.body_type == merge_patch_type) {
    write_json_content(out, json_type, *entry.body);
  }
  out.end_object();
  out.end_object();
}

void write_success_headers(Writer& out, const Router& router, const Router::Entry& entry)
{
  const bool etag = entry.reply != nullptr && entry.method != Method::del && has_etag(router, entry.pattern);
  const bool location = entry.status == 201;
  if (!etag && !location) {
    return;
  }
  out.key("headers");
  out.begin_object();
  if (etag) {
    out.key("ETag");
    write_ref(out, "headers", "ETag");
  }
  if (location) {
    out.key("Location");
    write_ref(out, "headers", "Location");
  }
  out.end_object();
}

void write_success(Writer& out, const Router& router, const Router::Entry& entry)
{
  out.key(std::to_string(entry.status));
  out.begin_object();
  out.member("description", entry.status == 201 ? "Made." : "Done.");
  write_success_headers(out, router, entry);
  if (entry.reply != nullptr) {
    out.key("content");
    out.begin_object();
    write_json_content(out, entry.reply_type, *entry.reply);
    out.end_object();
  } else if (entry.status != 204) {
    out.key("content");
    out.begin_object();
    out.key(entry.reply_type);
    out.raw(
        entry.reply_type.ends_with("json") ? R"({"schema":{"type":"object"}})"
                                           : R"({"schema":{"type":"string"}})"
    );
    out.end_object();
  }
  out.end_object();
}

void write_refused_headers(Writer& out, int status)
{
  const bool challenge = status == 401 || status == 422;
  const bool pause = status == 429 || status == 503;
  if (!challenge && !pause) {
    return;
  }
  out.key("headers");
  out.begin_object();
  if (challenge) {
    out.key("WWW-Authenticate");
    write_ref(out, "headers", "WWWAuthenticate");
  } else {
    out.key("Retry-After");
    write_ref(out, "headers", "RetryAfter");
  }
  out.end_object();
}

/// Those of `refusals` that are sent as this type, if there are any.
void write_problems(Writer& out, std::string_view type, std::vector<const Refusal*> refusals)
{
  std::erase_if(refusals, [&](const Refusal* refusal) { return !problem_type(*refusal).starts_with(type); });
  if (refusals.empty()) {
    return;
  }
  out.key(type);
  out.begin_object();
  out.key("schema");
  write_ref(out, "schemas", "Problem");
  out.key("examples");
  out.begin_object();
  for (const Refusal* refusal : refusals) {
    out.key(refusal->code);
    write_ref(out, "examples", refusal->code);
  }
  out.end_object();
  out.end_object();
}

void write_refused(Writer& out, int status, const std::vector<const Refusal*>& refusals)
{
  std::string description{reason_phrase(status)};
  std::string_view between = " `error` is ";
  for (const Refusal* refusal : refusals) {
    description += between;
    description += '`' + std::string{refusal->code} + '`';
    between = ", ";
  }
  out.key(std::to_string(status));
  out.begin_object();
  out.member("description", description + '.');
  write_refused_headers(out, status);
  out.key("content");
  out.begin_object();
  for (const std::string_view type : {"application/json", "application/problem+json"}) {
    write_problems(out, type, refusals);
  }
  out.end_object();
  out.end_object();
}

std::string lower_case(std::string_view upper)
{
  std::string out{upper};
  std::ranges::for_each(out, [](char& c) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

void write_operation(Writer& out, const Router& router, const Router::Entry& entry, const DocumentInfo& info)
{
  out.key(lower_case(name_of(entry.method)));
  out.begin_object();
  out.member("operationId", entry.operation);
  out.member("x-guard", name_of(entry.guard));
  out.member("summary", entry.summary);
  out.member("description", "Needs: " + sentence_for(entry));
  out.key("tags");
  out.begin_list();
  out.text(tag_of(entry, info));
  out.end_list();
  write_security(out, entry);
  write_params(out, entry);
  write_body(out, entry);
  out.key("responses");
  out.begin_object();
  write_success(out, router, entry);
  for (const auto& [status, refusals] : refusals_by_status(entry, info)) {
    write_refused(out, status, refusals);
  }
  out.end_object();
  out.end_object();
}

void write_path(Writer& out, const Router& router, std::string_view pattern, const DocumentInfo& info)
{
  out.key(pattern);
  out.begin_object();
  for (const auto& entry : router.entries()) {
    if (entry->pattern == pattern) {
      write_operation(out, router, *entry, info);
    }
  }
  out.end_object();
}

void write_paths(Writer& out, const Router& router, const DocumentInfo& info)
{
  out.key("paths");
  out.begin_object();
  std::set<std::string_view> written;
  for (const auto& entry : router.entries()) {
    if (written.insert(entry->pattern).second) {
      write_path(out, router, entry->pattern, info);
    }
  }
  out.end_object();
}

void write_example(Writer& out, const Refusal& refusal)
{
  const bool of_fields = refusal.code == fields_invalid.code;
  const Error error = of_fields ? refuse_fields({{"age", "must be 16 to 100"}}) : refuse(refusal);
  out.begin_object();
  out.member("summary", refusal.title);
  out.member("description", refusal.detail);
  out.key("value");
  out.raw(problem(error, "4f1c2a9be0d75386").body);
  out.end_object();
}

void write_components(Writer& out, const Router& router, const DocumentInfo& info)
{
  out.key("components");
  out.begin_object();
  out.key("securitySchemes");
  out.raw(security_schemes);
  out.key("headers");
  out.raw(header_components);
  out.key("schemas");
  out.begin_object();
  for (const auto& [name, shape] : all_shapes(router)) {
    out.key(name);
    json::write_schema(out, *shape);
  }
  out.key("Problem");
  out.raw(problem_schema);
  out.end_object();
  out.key("examples");
  out.begin_object();
  for (const auto& [code, refusal] : all_refusals(router, info)) {
    out.key(code);
    write_example(out, *refusal);
  }
  out.end_object();
  out.end_object();
}

}  // namespace

std::string openapi_document(const Router& router, const DocumentInfo& info)
{
  Writer out;
  out.begin_object();
  out.member("openapi", "3.1.0");
  write_info(out, info);
  write_tags(out, router, info);
  write_paths(out, router, info);
  write_components(out, router, info);
  out.end_object();
  return std::move(out).take();
}

}  // namespace usher::http
