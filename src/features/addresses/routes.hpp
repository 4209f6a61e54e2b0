#pragma once

#include "base/clock.hpp"
#include "db/door.hpp"
#include "http/router.hpp"

namespace usher::addresses {

struct Deps {
  db::Door& db;
  const Clock& clock;
};

void mount(http::Router& router, Deps deps);

}  // namespace usher::addresses
