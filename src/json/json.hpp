#pragma once

#include "base/result.hpp"
#include "json/field.hpp"
#include "json/shape.hpp"
#include "json/writer.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// How a feature declares and uses a value's JSON form (wire.hpp / wire.cpp):
//
//   extern const json::Shape<Registration> registration_shape;                               // wire.hpp
//
//   constexpr std::array registration_fields{                                                // wire.cpp
//       json::field<&Registration::name>("name", {.min = 1, .max = name_length_max, .check =
//       problem_with_name},
//                                        "Display name.", R"("Ada")"),
//       json::field<&Registration::age>("age", {.min = age_min, .max = age_max}, "Age in years.", "36"),
//   };
//   const json::Shape<Registration> registration_shape{"Registration", registration_fields};
//
//   USHER_TRY(const Registration wanted, json::read(body, registration_shape));
//   return http::ok(json::text_of(user_view, user_shape));
//
// The member's C++ type says the rest (json/field.hpp): std::string text, any integer or bool as such,
// std::optional<T> may be left out (null refused), std::optional<std::optional<T>> may also be null (RFC 7396
// "remove"), std::vector<T> of a shape or of std::string a list, a struct with a shape an object (pass the
// shape as last argument), Secret a text that is read and never written (json::write_only does that to any
// other field). Instant, Uuid, Id and std::string_view are for answers: Instant becomes RFC 3339.

namespace usher::json {

inline constexpr Refusal json_invalid{
    Kind::invalid, "json_invalid", "Not valid JSON", "The body must be one JSON object (RFC 8259) in UTF-8."
};

template <class T>
struct Shape : AnyShape {
  constexpr Shape(
      std::string_view shape_name, std::span<const Field> shape_fields, std::string_view shape_doc = {}
  )
      : AnyShape{shape_name, shape_fields, shape_doc}
  {
  }
};

/// What was read, and every field that was wrong; so that a feature can add what it finds itself and refuse
/// once.
template <class T>
struct Draft {
  T value{};
  std::vector<FieldError> wrong{};

  /// True when `field` was read without complaint (a wrong field is not worth a second complaint).
  bool good(std::string_view field) const
  {
    return std::ranges::none_of(wrong, [&](const FieldError& error) { return error.field == field; });
  }
};

/// Parses strictly (RFC 8259, valid UTF-8, no duplicate members, depth 32, nothing after the value) into
/// `out`. Unknown members, missing ones, wrong types, limits and checks are all collected in `wrong`. Refuses
/// with json_invalid.
Result<Done> read_into(
    std::string_view body, const AnyShape& shape, void* out, std::vector<FieldError>& wrong
);

template <class T>
Result<Draft<T>> draft(std::string_view body, const Shape<T>& shape)
{
  Draft<T> read;
  USHER_CHECK(read_into(body, shape, &read.value, read.wrong));
  return read;
}

/// Refuses with json_invalid or fields_invalid.
template <class T>
Result<T> read(std::string_view body, const Shape<T>& shape)
{
  USHER_TRY(Draft<T> read, draft(body, shape));
  if (!read.wrong.empty()) {
    return refuse_fields(std::move(read.wrong));
  }
  return std::move(read.value);
}

template <class T>
void write(Writer& out, const T& value, const Shape<T>& shape)
{
  write_object(out, &value, shape);
}

template <class T>
std::string text_of(const T& value, const Shape<T>& shape)
{
  Writer out;
  write_object(out, &value, shape);
  return std::move(out).take();
}

/// The shape as a JSON Schema (OpenAPI 3.1 dialect), nested shapes as "#/components/schemas/<name>".
void write_schema(Writer& out, const AnyShape& shape);

}  // namespace usher::json
