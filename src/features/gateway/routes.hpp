#pragma once

#include "base/clock.hpp"
#include "http/router.hpp"

namespace usher::gateway {

struct Deps {
  const Clock& clock;
};

/// GET /api/auth/check.
void mount(http::Router& router, Deps deps);

}  // namespace usher::gateway
