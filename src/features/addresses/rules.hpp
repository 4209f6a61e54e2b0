#pragma once

#include "base/error.hpp"
#include "features/addresses/address.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace usher::addresses {

inline constexpr std::int64_t line_length_max = 50;  ///< of each text, in Unicode code points
inline constexpr std::int64_t pin_max = 9'999'999'999;
inline constexpr std::int64_t addresses_max = 100;  ///< of one user
inline constexpr std::string_view default_country = "IN";

inline constexpr Refusal address_not_found{
    Kind::not_found, "address_not_found", "Address not found", "This user has no such address."
};
inline constexpr Refusal too_many_addresses{
    Kind::conflict,
    "too_many_addresses",
    "Too many addresses",
    "A user has at most 100 addresses; delete one first."
};

/// The reason against a label, a line or a city, or empty.
std::string_view problem_with_text(std::string_view text);
/// The reason against a country, or empty.
std::string_view problem_with_country(std::string_view country);
/// The reason against a state of `country`, or empty: where ISO 3166-2 knows no subdivisions, any short text.
std::string_view problem_with_state(std::string_view country, std::string_view state);
/// The reason against a pin, or empty: in India six digits and no leading zero, elsewhere up to ten digits.
std::string_view problem_with_pin(std::string_view country, std::int64_t pin);

/// Every field that is wrong.
std::vector<FieldError> problems_with(const Address& address);

}  // namespace usher::addresses
