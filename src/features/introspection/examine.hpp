#pragma once

#include "base/clock.hpp"
#include "db/door.hpp"
#include "features/introspection/introspection.hpp"
#include "features/sessions/rules.hpp"
#include "tokens/mint.hpp"

#include <optional>
#include <string_view>

namespace usher::introspection {

/// What a token is held against; all of it is the network loop's own, or outlives it.
struct Bench {
  db::Door& db;
  tokens::Mint& mint;
  const Clock& clock;
  sessions::ReuseWindow reuse_window{};
};

/// An access token is active when the gate would let it through now, a refresh token when a refresh would be
/// answered with tokens now; nothing else is. The database is asked each time. Any text will do.
Introspection examine(const Bench& bench, std::string_view token);

/// The session of an access or refresh token that verifies and has not expired, whatever became of it since.
std::optional<TokenSession> session_of(tokens::Mint& mint, std::string_view token);

}  // namespace usher::introspection
