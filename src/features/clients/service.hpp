#pragma once

#include "base/caller.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "db/database.hpp"
#include "features/clients/client.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace usher::clients {

inline constexpr Refusal client_name_invalid{
    Kind::invalid,
    "client_name_invalid",
    "Name not usable",
    "A service credential's name is 1 to 64 characters of a-z, 0-9, '.', '_' and '-'."
};
inline constexpr Refusal client_exists{
    Kind::conflict,
    "client_exists",
    "Name taken",
    "There is a service credential of that name already; rotate it, or take another name."
};
inline constexpr Refusal client_not_found{
    Kind::not_found,
    "client_not_found",
    "No such service credential",
    "There is no service credential of that name."
};

struct NewClient {
  std::string name;
  Scopes scopes{Scope::introspect};
};

/// Hands back the secret, which nobody can read again. Refuses with client_name_invalid, client_exists.
Result<Secret> add_client(db::Tx& tx, const NewClient& wanted, const Origin& origin, Instant now);

/// A new secret; the old one is good for nothing from the commit on. Refuses with client_not_found.
Result<Secret> rotate_secret(db::Tx& tx, std::string_view name, const Origin& origin, Instant now);

/// Refuses with client_not_found.
Result<Done> delete_client(db::Tx& tx, std::string_view name, const Origin& origin, Instant now);

/// Whose credential this is; nothing when it is nobody's, after the same work for an unknown name as for a
/// wrong secret.
struct Shown {
  std::string_view name;
  std::string_view secret;
};
std::optional<Client> authenticate(db::Tx& tx, const Shown& shown);

}  // namespace usher::clients
