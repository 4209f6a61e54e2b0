#pragma once

#include "base/secret.hpp"
#include "features/introspection/introspection.hpp"
#include "json/json.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace usher::introspection {

/// The form of both endpoints.
struct TokenForm {
  std::string token;
  std::optional<std::string> token_type_hint{};
  std::optional<std::string> client_id{};
  std::optional<Secret> client_secret{};
};

extern const json::Shape<TokenForm> token_form_shape;  ///< for the documents: forms are read by http
extern const json::Shape<Introspection> introspection_shape;

/// What of a token's payload is passed on as it stands.
struct Stamp {
  std::optional<std::string> jti{};
  std::optional<std::int64_t> nbf{};
};
Stamp stamp_of(std::string_view payload);

}  // namespace usher::introspection
