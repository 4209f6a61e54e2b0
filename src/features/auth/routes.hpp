#pragma once

#include "base/clock.hpp"
#include "db/door.hpp"
#include "features/auth/options.hpp"
#include "http/router.hpp"
#include "limits/guessing.hpp"
#include "metrics/metrics.hpp"
#include "passwords/gate.hpp"
#include "tokens/mint.hpp"

namespace usher::auth {

/// All of it outlives the router; `db` and `mint` are the network loop's own.
struct Deps {
  db::Door& db;
  tokens::Mint& mint;
  passwords::Gate& passwords;
  limits::Guessing& guessing;
  metrics::Registry& metrics;
  const Clock& clock;
  Options options{};
};

/// /api/auth, /api/auth/fresh, /api/refresh, /api/logout, /api/sessions, /api/users/{id}/sessions.
void mount(http::Router& router, const Deps& deps);

}  // namespace usher::auth
