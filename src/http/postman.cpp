#include "http/postman.hpp"

#include "http/form.hpp"
#include "http/postman_request.hpp"
#include "json/json.hpp"

#include <array>

namespace usher::http {
namespace {

using json::Writer;

constexpr std::string_view schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";

/// Kept in both places: an environment hides the collection's variables, and there may be none.
constexpr std::string_view store_script =
    "const store = (name, value) => { pm.collectionVariables.set(name, value); pm.environment.set(name, "
    "value); };";
constexpr std::string_view answer_script = "const answer = pm.response.text() ? pm.response.json() : {};";

struct Variable {
  std::string_view name;
  std::string_view value;
  bool secret{false};
};

constexpr auto variables = std::to_array<Variable>({
    {.name = "email", .value = "walker@example.com"},
    {.name = "password", .value = "lantern drizzle orbit", .secret = true},
    {.name = "access_token", .value = "", .secret = true},
    {.name = "refresh_token", .value = "", .secret = true},
    {.name = "user_id", .value = "1"},
    {.name = "address_id", .value = "1"},
    {.name = "session_id", .value = "00000000-0000-7000-8000-000000000000"},
    {.name = "client_id", .value = "a-service"},
    {.name = "client_secret", .value = "", .secret = true},
});

/// A server at "/" is whoever serves the document; a Postman user has to say where that is.
std::string_view base_url(const DocumentInfo& info)
{
  return info.server_url.starts_with("http") ? info.server_url : "http://127.0.0.1:8080";
}

enum class When { before, after };

/// {"listen": "test", "script": ...}; `lines` are separated by '\n'.
void write_script(Writer& out, When when, std::string_view lines)
{
  out.begin_object();
  out.member("listen", when == When::before ? "prerequest" : "test");
  out.key("script");
  out.begin_object();
  out.member("type", "text/javascript");
  out.key("exec");
  out.begin_list();
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    out.text(lines.substr(0, end));
    lines = end == std::string_view::npos ? std::string_view{} : lines.substr(end + 1);
  }
  out.end_list();
  out.end_object();
  out.end_object();
}

void write_step(Writer& out, const WalkStep& step)
{
  out.begin_object();
  out.member("name", step.name);
  out.key("event");
  out.begin_list();
  if (!step.before.empty()) {
    write_script(out, When::before, std::string{store_script} + '\n' + std::string{step.before});
  }
  const std::string status = std::to_string(step.status);
  std::string test = "pm.test('answers " + status + "', () => pm.response.to.have.status(" + status + "));";
  if (!step.after.empty()) {
    test +=
        '\n' + std::string{store_script} + '\n' + std::string{answer_script} + '\n' + std::string{step.after};
  }
  write_script(out, When::after, test);
  out.end_list();
  write_request(
      out,
      {.name = step.name,
       .method = step.method,
       .path = step.path,
       .query = {},
       .token = step.token,
       .body = step.body,
       .body_type = "application/json",
       .description = {}}
  );
  out.end_object();
}

/// "/api/users/{id}" as "/api/users/{{user_id}}".
std::string path_of(std::string_view pattern)
{
  std::string path;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] != '{') {
      path += pattern[at];
      continue;
    }
    const std::size_t close = pattern.find('}', at);
    const std::string_view name = pattern.substr(at + 1, close - at - 1);
    std::string_view variable = name == "id" ? "user_id" : name;
    variable = name == "aid" ? "address_id" : variable;
    variable = name == "sid" ? "session_id" : variable;
    path += "{{" + std::string{variable} + "}}";
    at = close;
  }
  return path;
}

std::string_view token_for(Guard guard)
{
  if (guard == Guard::open) {
    return {};
  }
  if (guard == Guard::client) {
    return service_credential;
  }
  return guard == Guard::refresh ? "refresh_token" : "access_token";
}

std::string documented_statuses(const Router::Entry& entry, const DocumentInfo& info)
{
  std::string list = std::to_string(entry.status);
  for (const auto& [status, refusals] : refusals_by_status(entry, info)) {
    if (status < 500 || status == 503) {
      list += ", " + std::to_string(status);
    }
  }
  return "pm.test('answers as documented', () => pm.expect(pm.response.code).to.be.oneOf([" + list + "]));";
}

void write_route(Writer& out, const Router::Entry& entry, const DocumentInfo& info)
{
  const bool form = entry.body != nullptr && entry.body_type == form_type;
  const std::string body = entry.body == nullptr || form ? std::string{} : example_of(*entry.body);
  const std::string description = "Needs: " + sentence_for(entry);
  out.begin_object();
  out.member("name", entry.summary);
  out.key("event");
  out.begin_list();
  write_script(out, When::after, documented_statuses(entry, info));
  out.end_list();
  write_request(
      out,
      {.name = entry.summary,
       .method = entry.method,
       .path = path_of(entry.pattern),
       .query = entry.query,
       .token = token_for(entry.guard),
       .body = body,
       .body_type = entry.body_type,
       .description = description,
       .form = form ? entry.body : nullptr}
  );
  out.end_object();
}

void begin_folder(Writer& out, const TagNote& tag)
{
  out.begin_object();
  out.member("name", tag.name);
  out.member("description", tag.doc);
  out.key("item");
  out.begin_list();
}

void end_folder(Writer& out)
{
  out.end_list();
  out.end_object();
}

/// A stream of events never ends, and a run would wait for it.
bool answers_once(const Router::Entry& entry)
{
  return entry.reply_type != "text/event-stream";
}

void write_folder(Writer& out, const Router& router, const TagNote& tag, const DocumentInfo& info)
{
  begin_folder(out, tag);
  for (const auto& entry : router.entries()) {
    if (answers_once(*entry) && tag_of(*entry, info) == tag.name) {
      write_route(out, *entry, info);
    }
  }
  end_folder(out);
}

/// The words for a variable's sort differ between the two kinds of file.
struct Sorts {
  std::string_view plain;
  std::string_view secret;
};

void write_variable(Writer& out, const Variable& variable, const Sorts& sorts)
{
  out.begin_object();
  out.member("key", variable.name);
  out.member("value", variable.value);
  out.member("type", variable.secret ? sorts.secret : sorts.plain);
  out.key("enabled");
  out.boolean(true);
  out.end_object();
}

void write_variables(Writer& out, const DocumentInfo& info, const Sorts& sorts)
{
  out.begin_list();
  write_variable(out, {.name = "base_url", .value = base_url(info)}, sorts);
  for (const Variable& variable : variables) {
    write_variable(out, variable, sorts);
  }
  out.end_list();
}

}  // namespace

std::string postman_collection(const Router& router, const DocumentInfo& info, std::span<const WalkStep> walk)
{
  Writer out;
  out.begin_object();
  out.key("info");
  out.begin_object();
  out.member("name", info.title);
  out.member("description", info.description);
  out.member("version", info.version);
  out.member("schema", schema);
  out.end_object();
  out.key("item");
  out.begin_list();
  begin_folder(out, {.name = "Walk", .doc = "Run it whole, in this order, against any server."});
  for (const WalkStep& step : walk) {
    write_step(out, step);
  }
  end_folder(out);
  for (const TagNote& tag : tags_of(router, info)) {
    write_folder(out, router, tag, info);
  }
  out.end_list();
  out.key("variable");
  write_variables(out, info, {.plain = "string", .secret = "string"});
  out.end_object();
  return std::move(out).take();
}

std::string postman_environment(const DocumentInfo& info)
{
  Writer out;
  out.begin_object();
  out.member("name", std::string{info.title} + " (local)");
  out.key("values");
  write_variables(out, info, {.plain = "default", .secret = "secret"});
  out.member("_postman_variable_scope", "environment");
  out.end_object();
  return std::move(out).take();
}

}  // namespace usher::http
