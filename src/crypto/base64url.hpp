#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace usher::crypto {

/// RFC 4648 section 5 without padding.
std::string base64url(std::string_view bytes);

/// Strict: no padding, no white space, no other alphabet, no non-zero trailing bits.
std::optional<std::string> from_base64url(std::string_view text);

/// RFC 4648 section 4, as strict: padding where it belongs.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace usher::crypto
