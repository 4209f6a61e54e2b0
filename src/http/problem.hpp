#pragma once

#include "base/error.hpp"
#include "http/response.hpp"

#include <string_view>

namespace usher::http {

int status_of(Kind kind);

/// The one place where a refusal becomes a status, its headers (WWW-Authenticate, Retry-After) and an
/// application/problem+json body (RFC 9457) with the members type, title, status, detail, instance, error,
/// code, message, errors. `errors` is an object {field: [reasons]} when fields are named, else the detail.
/// A refusal that OAuth defines has error_description as well, and OAuth's media type.
Response problem(const Error& error, std::string_view request_id);

/// Its Content-Type: RFC 6749 5.2 wants application/json, where RFC 9457 says application/problem+json.
std::string_view problem_type(const Refusal& refusal);

}  // namespace usher::http
