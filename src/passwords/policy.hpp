#pragma once

#include "passwords/gate.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

namespace usher::passwords {

/// What may become a password: `length_min` to `length_max` code points after NFC, no composition rules, not
/// guessable (zxcvbn score under strength_min), not holding the user's own name or address (`own`).
/// The reason against it as a field message, or empty. Pure.
std::string problem_with(
    std::string_view password, std::initializer_list<std::string_view> own, const Options& options
);

}  // namespace usher::passwords
