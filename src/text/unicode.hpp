#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace usher::text {

/// RFC 3629: no surrogates, no overlong forms, nothing over U+10FFFF.
bool is_utf8(std::string_view text);

/// Code points of valid UTF-8.
std::size_t length(std::string_view utf8);

/// The first `bytes_max` bytes at most, cut between code points; invalid bytes become '?'.
std::string cut(std::string_view text, std::size_t bytes_max);

/// Normalization form C.
std::string nfc(std::string_view utf8);

/// For looking things up without regard to case, width or composition: NFKC_Casefold. Prefix search on names
/// compares these.
std::string folded(std::string_view utf8);

/// No control characters (Cc), no bidi overrides or zero-width tricks, not blank: what a person's name or an
/// address line may hold. The reason against it, or empty.
std::string_view problem_with_line(std::string_view utf8);

}  // namespace usher::text
