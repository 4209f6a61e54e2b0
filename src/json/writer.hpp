#pragma once

#include "base/clock.hpp"
#include "json/shape.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace usher::json {

/// Writes JSON text, commas included. Numbers are integers; text must be valid UTF-8 (it is checked where it
/// came in), control characters and quotes are escaped.
class Writer {
 public:
  Writer() { text_.reserve(512); }

  void begin_object();
  void end_object();
  void begin_list();
  void end_list();
  void key(std::string_view name);       ///< `name` needs no escaping
  void free_key(std::string_view name);  ///< any text, escaped
  void text(std::string_view value);
  // NOLINTNEXTLINE(bugprone-easily-swappable-parameters): name and value, in the order in which they are
  // written
  void member(std::string_view name, std::string_view value);  ///< key and text
  void integer(std::int64_t value);
  void boolean(bool value);
  void null();
  void instant(Instant value);      ///< RFC 3339
  void raw(std::string_view json);  ///< ready JSON as one value

  const std::string& text() const& noexcept { return text_; }
  std::string take() && { return std::move(text_); }

 private:
  void separate();

  std::string text_;
  bool first_{true};
};

void write_object(Writer& out, const void* value, const AnyShape& shape);

}  // namespace usher::json
