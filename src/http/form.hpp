#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// application/x-www-form-urlencoded, in bodies and in queries.

namespace usher::http {

inline constexpr std::string_view form_type = "application/x-www-form-urlencoded";

/// RFC 6749 5.2; said of forms and of what is in them.
inline constexpr Refusal invalid_request{
    Kind::invalid,
    "invalid_request",
    "Invalid request",
    "The form lacks a parameter, holds one twice, or is not well encoded."
};

/// One name or value: "%20" and "+" are spaces. Nothing when an escape is broken.
std::optional<std::string> form_decoded(std::string_view text);

/// Cuts the next parameter off `form`; both parts are still encoded.
struct FormParameter {
  std::string_view name;
  std::string_view value;
};
FormParameter next_parameter(std::string_view& form);

/// Whether `form` can be read at all: every escape is whole, no name comes twice (RFC 6749 3.2), and there
/// are at most form_parameters_max. Refuses with invalid_request.
inline constexpr std::size_t form_parameters_max = 32;
Result<Done> check_form(std::string_view form);

/// The value in a form that check_form() let pass. Nothing when it is absent or empty: RFC 6749 3.2 wants
/// both to be the same.
std::optional<std::string> form_value(std::string_view form, std::string_view name);

}  // namespace usher::http
