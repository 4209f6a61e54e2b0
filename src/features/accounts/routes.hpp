#pragma once

#include "base/clock.hpp"
#include "crypto/hmac.hpp"
#include "db/door.hpp"
#include "features/accounts/hashing.hpp"
#include "http/router.hpp"
#include "limits/guessing.hpp"
#include "passwords/gate.hpp"

namespace usher::accounts {

inline constexpr Refusal registration_closed{
    Kind::forbidden,
    "registration_closed",
    "Registration is closed",
    "Here only an administrator makes accounts; ask one."
};

enum class Registration { open, closed };

struct Options {
  passwords::Options passwords{};                 ///< the policy for new ones
  Registration registration{Registration::open};  ///< accounts.registration: whether anybody may register
};

/// All of it outlives the router; `db` is the network loop's own.
struct Deps {
  db::Door& db;
  passwords::Gate& passwords;
  limits::Guessing& guessing;
  Hashing& hashing;                ///< one for all loops
  const crypto::HmacKey& cursors;  ///< signs the cursors of lists; the same on every node
  const Clock& clock;
  Options options{};
};

/// POST /api/register; GET, POST /api/users; GET, PUT, PATCH, DELETE /api/users/{id}.
void mount(http::Router& router, Deps deps);

}  // namespace usher::accounts
