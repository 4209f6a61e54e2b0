#pragma once

#include "http/route_notes.hpp"

#include <string>
#include <string_view>

namespace usher::http {

inline constexpr std::string_view docs_css_path = "/docs/style.css";

/// The route table as one HTML page: every route with its guard, body, reply and refusals, then every refusal
/// with its cause and cure. No script, no inline style: it stands under "default-src 'none'; style-src
/// 'self'".
std::string docs_page(const Router& router, const DocumentInfo& info);

/// Its style sheet, served at docs_css_path.
std::string_view docs_css();

}  // namespace usher::http
