#pragma once

#include "features/introspection/examine.hpp"
#include "http/router.hpp"
#include "metrics/metrics.hpp"

namespace usher::introspection {

struct Deps : Bench {
  metrics::Registry& metrics;
};

/// /api/introspect, /api/revoke.
void mount(http::Router& router, const Deps& deps);

}  // namespace usher::introspection
