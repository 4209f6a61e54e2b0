#pragma once

#include "base/clock.hpp"
#include "db/door.hpp"
#include "http/router.hpp"
#include "passwords/gate.hpp"

namespace usher::setup {

/// All of it outlives the router; `db` is the network loop's own.
struct Deps {
  db::Door& db;
  passwords::Gate& passwords;
  const Clock& clock;
  passwords::Options policy{};
};

/// The page /setup with its script and style, and POST /api/setup.
void mount(http::Router& router, Deps deps);

}  // namespace usher::setup
