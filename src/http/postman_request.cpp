#include "http/postman_request.hpp"

#include <initializer_list>
#include <string>

namespace usher::http {
namespace {

using json::Writer;

/// [{"key": ..., "value": "{{...}}", "type": "string"}]
struct AuthPart {
  std::string_view key;
  std::string_view variable;
};

void write_auth_parts(Writer& out, std::string_view type, std::initializer_list<AuthPart> parts)
{
  out.begin_object();
  out.member("type", type);
  out.key(type);
  out.begin_list();
  for (const AuthPart& part : parts) {
    out.begin_object();
    out.member("key", part.key);
    out.member("value", "{{" + std::string{part.variable} + "}}");
    out.member("type", "string");
    out.end_object();
  }
  out.end_list();
  out.end_object();
}

void write_auth(Writer& out, std::string_view token)
{
  out.key("auth");
  if (token.empty()) {
    out.raw(R"({"type":"noauth"})");
  } else if (token == service_credential) {
    write_auth_parts(
        out,
        "basic",
        {{.key = "username", .variable = "client_id"}, {.key = "password", .variable = "client_secret"}}
    );
  } else {
    write_auth_parts(out, "bearer", {{.key = "token", .variable = token}});
  }
}

/// There to be ticked: what a parameter should hold is the reader's to say.
void write_query(Writer& out, std::span<const QueryParam> query)
{
  if (query.empty()) {
    return;
  }
  out.key("query");
  out.begin_list();
  for (const QueryParam& param : query) {
    out.begin_object();
    out.member("key", param.name);
    out.member("value", "");
    out.member("description", param.doc);
    out.key("disabled");
    out.boolean(true);
    out.end_object();
  }
  out.end_list();
}

void write_url(Writer& out, const PostmanCall& call)
{
  out.key("url");
  out.begin_object();
  out.member("raw", "{{base_url}}" + std::string{call.path});
  out.key("host");
  out.raw(R"(["{{base_url}}"])");
  out.key("path");
  out.begin_list();
  std::string_view rest = call.path.substr(1);
  while (!rest.empty()) {
    const std::size_t end = rest.find('/');
    out.text(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  }
  out.end_list();
  write_query(out, call.query);
  out.end_object();
}

/// What must be there is ticked; a token is the one at hand.
void write_form(Writer& out, const json::AnyShape& form)
{
  out.key("body");
  out.begin_object();
  out.member("mode", "urlencoded");
  out.key("urlencoded");
  out.begin_list();
  for (const json::Field& field : form.fields) {
    const bool required = field.presence == json::Presence::required;
    out.begin_object();
    out.member("key", field.name);
    out.member("value", field.name == "token" ? "{{access_token}}" : "");
    out.member("description", field.doc);
    out.key("disabled");
    out.boolean(!required);
    out.end_object();
  }
  out.end_list();
  out.end_object();
}

}  // namespace

void write_request(Writer& out, const PostmanCall& call)
{
  out.key("request");
  out.begin_object();
  out.member("method", name_of(call.method));
  if (!call.description.empty()) {
    out.member("description", call.description);
  }
  write_auth(out, call.token);
  out.key("header");
  out.begin_list();
  if (!call.body.empty()) {
    out.begin_object();
    out.member("key", "Content-Type");
    out.member("value", call.body_type);
    out.end_object();
  }
  out.end_list();
  if (!call.body.empty()) {
    out.key("body");
    out.begin_object();
    out.member("mode", "raw");
    out.member("raw", call.body);
    out.key("options");
    out.raw(R"({"raw":{"language":"json"}})");
    out.end_object();
  }
  if (call.form != nullptr) {
    write_form(out, *call.form);
  }
  write_url(out, call);
  out.end_object();
}

}  // namespace usher::http
