#pragma once

#include <string_view>

namespace usher::setup {

/// The set-up page and what it loads; it fetches nothing from anywhere else.
std::string_view page_html();
std::string_view page_script();
std::string_view page_style();

/// Only its own script and style may run, and it may talk only to this server.
inline constexpr std::string_view page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'";

}  // namespace usher::setup
