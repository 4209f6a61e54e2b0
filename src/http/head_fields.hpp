#pragma once

#include <string_view>

namespace usher::http {

/// ASCII only: "chun\u212Aed" is not "chunked".
bool equal_ignoring_case(std::string_view a, std::string_view b);

/// Without the spaces and tabs around it.
std::string_view trimmed(std::string_view text);

/// uri-host [":" port] (RFC 9110 4.2): no userinfo, no path, a port of digits up to 65535, not empty.
bool is_host(std::string_view text);

/// Cuts the next comma-separated element off `list` and hands it back trimmed.
std::string_view next_element(std::string_view& list);

}  // namespace usher::http
