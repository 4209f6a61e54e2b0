#include "json/json.hpp"

#include <algorithm>

namespace usher::json {
namespace {

std::string_view type_name(Type type)
{
  switch (type) {
    case Type::text:
    case Type::instant: return "string";
    case Type::integer: return "integer";
    case Type::boolean: return "boolean";
    case Type::object: return "object";
    case Type::list: return "array";
  }
  return {};
}

void write_reference(Writer& out, const AnyShape& shape)
{
  out.begin_object();
  out.key("$ref");
  out.text("#/components/schemas/" + std::string{shape.name});
  out.end_object();
}

void write_type(Writer& out, const Field& field)
{
  if (field.type == Type::object) {
    out.key("anyOf");
    out.begin_list();
    write_reference(out, *field.element);
    if (field.may_be_null()) {
      out.raw(R"({"type":"null"})");
    }
    out.end_list();
    return;
  }
  out.key("type");
  if (!field.may_be_null()) {
    out.text(type_name(field.type));
    return;
  }
  out.begin_list();
  out.text(type_name(field.type));
  out.text("null");
  out.end_list();
}

void write_bound(Writer& out, std::string_view name, std::int64_t bound)
{
  out.key(name);
  out.integer(bound);
}

void write_range(Writer& out, const Field& field)
{
  const Limits& limits = field.limits;
  const bool has_max = limits.max != 0 || limits.min < 0;
  if (field.type == Type::integer) {
    if (limits.min != 0 || has_max) {
      write_bound(out, "minimum", limits.min);
    }
    if (has_max) {
      write_bound(out, "maximum", limits.max);
    }
    return;
  }
  const bool list = field.type == Type::list;
  if (limits.min > 0) {
    write_bound(out, list ? "minItems" : "minLength", limits.min);
  }
  if (limits.max > 0) {
    write_bound(out, list ? "maxItems" : "maxLength", limits.max);
  }
}

void write_choices(Writer& out, const Field& field)
{
  out.key("enum");
  out.begin_list();
  for (const std::string_view choice : field.limits.one_of) {
    out.text(choice);
  }
  if (field.may_be_null()) {
    out.null();
  }
  out.end_list();
}

void write_items(Writer& out, const Field& field)
{
  out.key("items");
  if (field.element != nullptr) {
    write_reference(out, *field.element);
  } else {
    out.raw(R"({"type":"string"})");
  }
}

// NOLINTNEXTLINE(bugprone-easily-swappable-parameters): name and value, as they are written
void write_if_any(Writer& out, std::string_view name, std::string_view text)
{
  if (!text.empty()) {
    out.key(name);
    out.text(text);
  }
}

void write_field(Writer& out, const Field& field)
{
  out.begin_object();
  write_type(out, field);
  write_if_any(out, "description", field.doc);
  write_if_any(out, "format", field.limits.format);
  write_range(out, field);
  write_if_any(out, "pattern", field.limits.pattern);
  if (!field.limits.one_of.empty()) {
    write_choices(out, field);
  }
  if (field.type == Type::list) {
    write_items(out, field);
  }
  if (field.write_only) {
    out.key("writeOnly");
    out.boolean(true);
  }
  if (!field.example.empty()) {
    out.key("examples");
    out.begin_list();
    out.raw(field.example);
    out.end_list();
  }
  out.end_object();
}

void write_required(Writer& out, const AnyShape& shape)
{
  const auto required = [](const Field& field) {
    return field.presence == Presence::required || field.null_when_empty();
  };
  if (std::ranges::none_of(shape.fields, required)) {
    return;
  }
  out.key("required");
  out.begin_list();
  for (const Field& field : shape.fields) {
    if (required(field)) {
      out.text(field.name);
    }
  }
  out.end_list();
}

}  // namespace

void write_schema(Writer& out, const AnyShape& shape)
{
  out.begin_object();
  out.key("type");
  out.text("object");
  write_if_any(out, "description", shape.doc);
  out.key("properties");
  out.begin_object();
  for (const Field& field : shape.fields) {
    out.key(field.name);
    write_field(out, field);
  }
  out.end_object();
  write_required(out, shape);
  out.key("additionalProperties");
  out.boolean(false);
  out.end_object();
}

}  // namespace usher::json
