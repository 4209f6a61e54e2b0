#pragma once

#include "base/caller.hpp"
#include "base/result.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace usher::http {

enum class Method { get, head, post, put, patch, del, options, other };

std::string_view name_of(Method method);

/// A parsed request, already past the limits. Handlers see this, never Beast. Its views point into the
/// connection's buffer and hold until the handler is done, also across co_await.
struct Request {
  Method method{Method::get};
  std::string_view target;  ///< as received
  std::string_view path;    ///< no query; percent-encoding is refused in paths, so this is what it says
  std::string_view query;   ///< without the '?', still encoded
  std::string_view body;

  std::string_view authorization;
  std::string_view content_type;
  std::string_view content_encoding;
  std::string_view accept;
  std::string_view accept_encoding;
  std::string_view if_match;
  std::string_view if_none_match;
  std::string_view host;
  std::string_view origin;
  std::string_view user_agent;
  std::string_view last_event_id;
  std::string_view request_method;  ///< Access-Control-Request-Method
  std::string_view forwarded_for;   ///< X-Forwarded-For; meaningful only from a trusted proxy
  std::string_view forwarded_proto;
  std::string_view request_id;  ///< ours, unless a trusted proxy sent a good one
  std::string_view address;     ///< client IP, after trusted proxies
  bool secure{false};           ///< came over TLS, here or at a trusted proxy

  std::string_view bearer;  ///< the token text; filled by the gate
  Caller caller{};          ///< filled by the gate
  std::string client{};     ///< filled by the gate of Guard::client: the service that asks

  struct Param {
    std::string_view name;
    std::string_view value;
  };
  std::array<Param, 4> params{};  ///< filled by the router from the pattern's {names}

  std::string_view param(std::string_view name) const;

  /// The path parameter as a row number: digits only, no sign, no leading zero, up to 2^63-1, or "me" (the
  /// caller) for "id". Nothing else names a row, so the answer to anything else is 404.
  std::optional<std::int64_t> number(std::string_view name) const;

  /// The decoded value of a query parameter; nothing when absent. Refuses with fields_invalid when it is
  /// there twice or not well encoded UTF-8.
  Result<std::optional<std::string>> query_value(std::string_view name) const;

  Origin from() const;
};

}  // namespace usher::http
