#pragma once

#include "db/door.hpp"
#include "http/router.hpp"
#include "metrics/metrics.hpp"

#include <functional>

namespace usher::health {

/// `db` is the network loop's own and outlives the router.
struct Deps {
  db::Door& db;
  std::function<bool()> accepting;  ///< false while draining; called from any loop
};

/// /healthz and /livez: the process answers. /readyz: it wants traffic and reaches its database. /version.
void mount(http::Router& router, Deps deps);

/// /metrics. By itself, because by default it has its own listener.
void mount_metrics(http::Router& router, const metrics::Registry& registry);

}  // namespace usher::health
