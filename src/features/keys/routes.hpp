#pragma once

#include "base/published.hpp"
#include "http/router.hpp"
#include "tokens/keyring.hpp"

namespace usher::keys {

/// Outlives the router.
struct Deps {
  const Published<tokens::KeyRing>& keys;
};

/// /.well-known/jwks.json.
void mount(http::Router& router, const Deps& deps);

}  // namespace usher::keys
