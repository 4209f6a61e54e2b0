#pragma once

#include "json/shape.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace usher::json {

/// "must be text", said of a field of that type that holds something else.
std::string_view wrong_type(Type type);

/// The reason against a value of the right type, or empty.
std::string problem_with_text(std::string_view text, const Limits& limits);
std::string problem_with_entry(std::string_view text, const Limits& limits);  ///< a text within a list
std::string problem_with_integer(std::int64_t value, const Limits& limits);
std::string problem_with_count(std::size_t entries, const Limits& limits);

}  // namespace usher::json
