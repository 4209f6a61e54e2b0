#pragma once

#include "base/clock.hpp"

#include <array>
#include <set>
#include <string>
#include <string_view>

namespace usher::clients {

/// What a service may ask for.
enum class Scope {
  introspect,   ///< whether a token is good
  revoke,       ///< that a token's session ends
  revocations,  ///< the revocation feed, where it is not open to all
};

inline constexpr std::array all_scopes{Scope::introspect, Scope::revoke, Scope::revocations};

constexpr std::string_view name_of(Scope scope)
{
  switch (scope) {
    case Scope::introspect: return "introspect";
    case Scope::revoke: return "revoke";
    case Scope::revocations: return "revocations";
  }
  return "";
}

using Scopes = std::set<Scope>;

/// A service credential, without its secret.
struct Client {
  std::string name;  ///< the client_id
  Scopes scopes;
  Instant created{};
  Instant rotated{};  ///< when its secret was made
};

}  // namespace usher::clients
