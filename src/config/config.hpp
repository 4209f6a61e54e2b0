#pragma once

#include "config/accounts.hpp"
#include "config/data.hpp"
#include "config/http.hpp"
#include "config/limits.hpp"
#include "config/passwords.hpp"
#include "config/revocations.hpp"
#include "config/system.hpp"
#include "config/tokens.hpp"

namespace usher::config {

/// Everything that can be set, with its defaults. Only app and cli read it; a room gets an Options of its
/// own.
struct Config {
  Http http{};
  Data data{};
  Master master{};
  Tokens tokens{};
  Sessions sessions{};
  Revocations revocations{};
  Accounts accounts{};
  Admin admin{};
  Compat compat{Compat::off};
  Passwords passwords{};
  Limits limits{};
  Tls tls{};
  Log log{};
};

}  // namespace usher::config
