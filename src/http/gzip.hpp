#pragma once

#include <string>
#include <string_view>

namespace usher::http {

/// Under this many bytes a compressed answer saves nothing that a packet would not carry anyway.
inline constexpr std::size_t gzip_bytes_min = 1024;

/// Accept-Encoding (RFC 9110 12.5.3) takes gzip, and does not like the bare bytes better.
bool accepts_gzip(std::string_view accept_encoding);

/// RFC 1952, at the quickest level.
std::string gzip(std::string_view bytes);

}  // namespace usher::http
