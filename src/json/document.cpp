#include "json/document.hpp"

#include "json/limits.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>

#include <cmath>
#include <cstddef>
#include <string>

namespace usher::json {
namespace {

namespace bj = boost::json;

/// Builds the value, and counts members: an object keeps one of two equal names, so a value that holds fewer
/// members than the text named had a duplicate somewhere.
class Builder {
 public:
  static constexpr std::size_t max_object_size = size_max;
  static constexpr std::size_t max_array_size = size_max;
  static constexpr std::size_t max_key_size = size_max;
  static constexpr std::size_t max_string_size = size_max;

  std::size_t members() const noexcept { return members_; }
  bj::value release() { return stack_.release(); }

  bool on_document_begin(bj::error_code& /*code*/)
  {
    stack_.reset();
    return true;
  }
  static bool on_document_end(bj::error_code& /*code*/) { return true; }
  static bool on_object_begin(bj::error_code& /*code*/) { return true; }
  bool on_object_end(std::size_t size, bj::error_code& /*code*/)
  {
    stack_.push_object(size);
    return true;
  }
  static bool on_array_begin(bj::error_code& /*code*/) { return true; }
  bool on_array_end(std::size_t size, bj::error_code& /*code*/)
  {
    stack_.push_array(size);
    return true;
  }
  bool on_key_part(bj::string_view part, std::size_t /*size*/, bj::error_code& /*code*/)
  {
    stack_.push_chars(part);
    return true;
  }
  bool on_key(bj::string_view part, std::size_t /*size*/, bj::error_code& /*code*/)
  {
    ++members_;
    stack_.push_key(part);
    return true;
  }
  bool on_string_part(bj::string_view part, std::size_t /*size*/, bj::error_code& /*code*/)
  {
    stack_.push_chars(part);
    return true;
  }
  bool on_string(bj::string_view part, std::size_t /*size*/, bj::error_code& /*code*/)
  {
    stack_.push_string(part);
    return true;
  }
  static bool on_number_part(bj::string_view /*part*/, bj::error_code& /*code*/) { return true; }
  bool on_int64(std::int64_t value, bj::string_view /*text*/, bj::error_code& /*code*/)
  {
    stack_.push_int64(value);
    return true;
  }
  bool on_uint64(std::uint64_t value, bj::string_view /*text*/, bj::error_code& /*code*/)
  {
    stack_.push_uint64(value);
    return true;
  }
  bool on_double(double value, bj::string_view /*text*/, bj::error_code& code)
  {
    if (!std::isfinite(value)) {  // Boost.JSON reads 1e999 as infinity
      code = bj::error::exponent_overflow;
      return false;
    }
    stack_.push_double(value);
    return true;
  }
  bool on_bool(bool value, bj::error_code& /*code*/)
  {
    stack_.push_bool(value);
    return true;
  }
  bool on_null(bj::error_code& /*code*/)
  {
    stack_.push_null();
    return true;
  }
  static bool on_comment_part(bj::string_view /*part*/, bj::error_code& /*code*/) { return true; }
  static bool on_comment(bj::string_view /*part*/, bj::error_code& /*code*/) { return true; }

 private:
  bj::value_stack stack_;
  std::size_t members_{0};
};

// Depth is bounded by the parser.
// NOLINTNEXTLINE(misc-no-recursion)
std::size_t members_of(const bj::value& value)
{
  std::size_t found = 0;
  if (const bj::object* object = value.if_object()) {
    found = object->size();
    for (const bj::key_value_pair& member : *object) {
      found += members_of(member.value());
    }
  }
  if (const bj::array* list = value.if_array()) {
    for (const bj::value& entry : *list) {
      found += members_of(entry);
    }
  }
  return found;
}

}  // namespace

std::optional<bj::object> parse_object(std::string_view text)
{
  bj::parse_options options;
  options.max_depth = depth_max;
  bj::basic_parser<Builder> parser{options};
  bj::error_code code;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), code);
  if (code || used != text.size() || !parser.done()) {
    return std::nullopt;
  }
  bj::value value = parser.handler().release();
  if (!value.is_object() || members_of(value) != parser.handler().members()) {
    return std::nullopt;
  }
  return std::move(value.get_object());
}

}  // namespace usher::json
