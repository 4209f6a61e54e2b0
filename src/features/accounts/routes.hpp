#pragma once

#include "base/clock.hpp"
#include "crypto/hmac.hpp"
#include "db/door.hpp"
#include "http/router.hpp"
#include "limits/guessing.hpp"
#include "passwords/gate.hpp"

namespace usher::accounts {

struct Options {
  passwords::Options passwords{};  ///< the policy for new ones
};

/// All of it outlives the router; `db` is the network loop's own.
struct Deps {
  db::Door& db;
  passwords::Gate& passwords;
  limits::Guessing& guessing;
  const crypto::HmacKey& cursors;  ///< signs the cursors of lists; the same on every node
  const Clock& clock;
  Options options{};
};

/// POST /api/register; GET, POST /api/users; GET, PUT, PATCH, DELETE /api/users/{id}.
void mount(http::Router& router, Deps deps);

}  // namespace usher::accounts
