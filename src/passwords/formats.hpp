#pragma once

#include "passwords/argon2.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace usher::passwords {

/// Longer text is of no format.
inline constexpr std::size_t stored_bytes_max = 512;

/// Who verifies a stored hash.
enum class Format { argon2, crypt, derived };

/// Whether a hash that another system made can be verified here: well formed, and not dearer than 256 MiB of
/// memory or some two seconds. For imports; see docs/passwords.md for the list.
bool known_format(std::string_view stored);

/// The same with the reading done. `ours` may be as dear as it was configured.
std::optional<Format> format_of(std::string_view stored, Argon2Cost ours);

/// `stored` is of `format`. As the other system did it: bcrypt sees 72 bytes.
bool matches(Format format, std::string_view password, const std::string& stored);

}  // namespace usher::passwords
