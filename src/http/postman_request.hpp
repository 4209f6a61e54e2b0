#pragma once

#include "http/router.hpp"
#include "json/json.hpp"

#include <span>
#include <string_view>

// Inside this module: one request of a Postman collection (postman.cpp).

namespace usher::http {

/// In place of a token's variable: HTTP Basic with {{client_id}} and {{client_secret}}.
inline constexpr std::string_view service_credential = "client_id, client_secret";

/// What is empty is left out.
struct PostmanCall {
  std::string_view name;
  Method method;
  std::string_view path;
  std::span<const QueryParam> query;
  std::string_view token;
  std::string_view body;
  std::string_view body_type;
  std::string_view description;
  const json::AnyShape* form{nullptr};  ///< instead of a body
};

/// The member "request".
void write_request(json::Writer& out, const PostmanCall& call);

}  // namespace usher::http
