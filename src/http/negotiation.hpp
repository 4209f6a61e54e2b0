#pragma once

#include "http/request.hpp"
#include "http/router.hpp"

#include <string_view>

namespace usher::http {

/// The body is what the route reads: application/json (or the route's own body_type), UTF-8, not compressed.
/// An empty body without Content-Type passes: the route then says what is missing.
bool is_readable(const Request& request, const Router::Entry& entry);

/// Accept (RFC 9110 12.5.1) leaves room for the route's reply, or for a problem instead of it.
bool is_welcome(const Request& request, const Router::Entry& entry);

/// If-None-Match (RFC 9110 13.1.2, weak comparison) names the tag.
bool matches_tag(std::string_view list, std::string_view etag);

}  // namespace usher::http
