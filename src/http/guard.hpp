#pragma once

#include <string_view>

namespace usher::http {

/// What a route demands before its handler runs. The gate enforces it; the OpenAPI document states it.
enum class Guard {
  open,                 ///< anybody; a token is not even looked at
  optional,             ///< anybody; but a token that is sent must be good
  access,               ///< an access token
  fresh,                ///< an access token that is still fresh
  refresh,              ///< a refresh token
  admin,                ///< an access token of an administrator
  self_or_admin,        ///< an access token of the user in the path's {id} ("me" is oneself), or of an
                        ///< administrator
  fresh_self_or_admin,  ///< the same, and fresh
  client,               ///< a service credential with the route's scope (http/client_gate.hpp)
};

/// As the OpenAPI document says it, in `x-guard`.
constexpr std::string_view name_of(Guard guard)
{
  switch (guard) {
    case Guard::open: return "open";
    case Guard::optional: return "optional";
    case Guard::access: return "access";
    case Guard::fresh: return "fresh";
    case Guard::refresh: return "refresh";
    case Guard::admin: return "admin";
    case Guard::self_or_admin: return "self_or_admin";
    case Guard::fresh_self_or_admin: return "fresh_self_or_admin";
    case Guard::client: return "client";
  }
  return "";
}

}  // namespace usher::http
