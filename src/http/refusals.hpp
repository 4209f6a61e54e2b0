#pragma once

#include "base/error.hpp"

#include <string_view>

namespace usher::http {

/// What the front itself refuses with, before any feature is asked.
inline constexpr Refusal request_malformed{
    Kind::invalid,
    "request_malformed",
    "Malformed request",
    "The request is not well-formed HTTP/1.1 (RFC 9112)."
};
inline constexpr Refusal target_too_long{
    Kind::uri_too_long,
    "target_too_long",
    "Target too long",
    "The request target is longer than this server reads."
};
inline constexpr Refusal head_too_large{
    Kind::headers_too_large,
    "head_too_large",
    "Header too large",
    "The header fields are more, or longer, than this server reads."
};
inline constexpr Refusal body_too_large{
    Kind::too_large, "body_too_large", "Body too large", "The request body is larger than this server reads."
};
inline constexpr Refusal coding_unknown{
    Kind::not_implemented,
    "transfer_coding_unknown",
    "Transfer coding unknown",
    "The only transfer coding known here is \"chunked\"."
};
inline constexpr Refusal version_not_supported{
    Kind::version_not_supported,
    "version_not_supported",
    "HTTP version not supported",
    "This server speaks HTTP/1.1 and HTTP/1.0."
};
inline constexpr Refusal expectation_unknown{
    Kind::expectation_failed,
    "expectation_unknown",
    "Expectation unknown",
    "The only expectation known here is \"100-continue\"."
};
inline constexpr Refusal route_not_found{
    Kind::not_found, "route_not_found", "No such resource", "There is nothing at this path."
};
inline constexpr Refusal method_not_allowed{
    Kind::method_not_allowed,
    "method_not_allowed",
    "Method not allowed",
    "This resource has no such method; Allow lists those it has."
};
inline constexpr Refusal media_type_unsupported{
    Kind::unsupported_media,
    "media_type_unsupported",
    "Media type unsupported",
    "Send the body as Content-Type: application/json, in UTF-8 and without Content-Encoding."
};
inline constexpr Refusal not_acceptable{
    Kind::not_acceptable,
    "not_acceptable",
    "Not acceptable",
    "This resource has no form that Accept asks for."
};
inline constexpr Refusal internal_error{
    Kind::internal,
    "internal_error",
    "Internal error",
    "Something failed on our side; the request id finds it in the log."
};
inline constexpr Refusal temporarily_unavailable{
    Kind::unavailable,
    "temporarily_unavailable",
    "Temporarily unavailable",
    "The service cannot answer this right now; try again shortly."
};

/// Why bytes are not a request we take. False when there is nothing to complain about.
struct Complaint {
  const Refusal* refusal{nullptr};
  std::string_view detail{};  ///< a literal; says more than refusal->detail, or empty

  explicit operator bool() const noexcept { return refusal != nullptr; }
};

inline Complaint malformed(std::string_view detail)
{
  return {.refusal = &request_malformed, .detail = detail};
}

}  // namespace usher::http
