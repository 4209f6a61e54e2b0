#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace usher::json {

class Writer;
struct AnyShape;

enum class Type { text, integer, boolean, instant, object, list };

enum class Presence {
  required,  ///< must be there, may not be null
  optional,  ///< may be left out; null is refused
  nullable,  ///< may be left out or null
};

/// What a value may be: characters of a text (Unicode code points, after decoding), the value of an integer,
/// the entries of a list. `max` 0 with `min` not under 0 means no upper limit.
struct Limits {
  std::int64_t min{0};
  std::int64_t max{0};
  std::span<const std::string_view> one_of{};
  std::string_view format{};  ///< OpenAPI format: "email", "password", "date-time", "int64"
  /// A rule of the feature beyond the limits: the reason it is wrong, or empty. Pure, from rules.hpp. Sees a
  /// text, each text of a list, or an integer's decimal digits; asked only when the limits hold.
  std::string_view (*check)(std::string_view){nullptr};
  std::string_view pattern{};  ///< regular expression for the documentation only; `check` decides
};

/// One member of an object, tied to one member of a C++ struct by the functions below (made by json::field).
/// Without any setter it is written only: to a reader it is unknown.
struct Field {
  std::string_view name;
  Type type;
  Presence presence;
  Limits limits;
  std::string_view doc;
  std::string_view example;          ///< as JSON: "\"Ada\"", "36"
  const AnyShape* element{nullptr};  ///< of an object, or of each member of a list (nullptr: list of text)
  bool write_only{false};            ///< password: read, never written
  void (*write)(Writer&, const void* owner, const AnyShape* element){nullptr};
  bool (*missing)(const void* owner){nullptr};  ///< an empty optional is left out; nullptr: it is null
  void (*set_text)(void* owner, std::string&&){nullptr};  ///< adds an entry where `type` is list
  void (*set_integer)(void* owner, std::int64_t){nullptr};
  void (*set_boolean)(void* owner, bool){nullptr};
  void (*set_null)(void* owner){nullptr};
  void (*clear)(void* owner){nullptr};   ///< a list: there, and empty
  void* (*enter)(void* owner){nullptr};  ///< the object to read into; of a list, a new last entry

  /// An optional of an answer that is written as null where it is empty: always there.
  bool null_when_empty() const noexcept
  {
    return presence == Presence::optional && write != nullptr && missing == nullptr;
  }

  bool may_be_null() const noexcept { return presence == Presence::nullable || null_when_empty(); }

  bool readable() const noexcept
  {
    return set_text != nullptr || set_integer != nullptr || set_boolean != nullptr || enter != nullptr;
  }
};

/// A value's JSON form, declared once in the feature's wire.cpp: parsing, validation, writing and the OpenAPI
/// schema all come from it.
struct AnyShape {
  std::string_view name;  ///< of the schema: "User"
  std::span<const Field> fields;
  std::string_view doc{};
};

}  // namespace usher::json
