#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace usher::crypto {

using Sha256 = std::array<unsigned char, 32>;

Sha256 sha256(std::string_view bytes);
std::string sha256_base64url(std::string_view bytes);

/// In time that depends only on the lengths.
bool equal(std::string_view a, std::string_view b);

}  // namespace usher::crypto
