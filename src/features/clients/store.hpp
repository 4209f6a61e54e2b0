#pragma once

#include "db/database.hpp"
#include "features/clients/client.hpp"

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace usher::clients {

std::span<const db::Migration> migrations();

/// With what is kept of its secret: the SHA-256, as base64url.
struct StoredClient {
  Client client;
  std::string secret_sha256;
};

std::optional<Client> find(db::Tx& tx, std::string_view name);
/// What is kept of its secret.
std::optional<std::string> secret_of(db::Tx& tx, std::string_view name);
/// By name.
std::vector<Client> all(db::Tx& tx);

/// Listeners of this channel hear of every change.
inline constexpr std::string_view channel = "clients";

/// One for each credential that has `scope`; gone, or another, once it is rotated or deleted.
std::set<std::string> marks_of(db::Tx& tx, Scope scope);

/// False when the name is taken.
bool insert(db::Tx& tx, const StoredClient& wanted);
/// False when there is no such client.
bool replace_secret(db::Tx& tx, std::string_view name, std::string_view secret_sha256, Instant now);
bool erase(db::Tx& tx, std::string_view name);

}  // namespace usher::clients
