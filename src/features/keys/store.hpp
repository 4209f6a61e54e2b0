#pragma once

#include "db/database.hpp"
#include "features/keys/key.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The only SQL of this feature. Every change tells channel "keys", so that each node loads its ring again.

namespace usher::keys {

std::span<const db::Migration> migrations();

/// Oldest first.
std::vector<KeyRecord> all(db::Tx& tx);
std::optional<KeyRecord> find(db::Tx& tx, std::string_view kid);
std::optional<KeyRecord> find_by_state(db::Tx& tx, tokens::KeyState state);

/// False when the kid is there already.
bool insert(db::Tx& tx, const KeyRecord& key);
void retire(db::Tx& tx, std::string_view kid, Instant now);
void activate(db::Tx& tx, std::string_view kid, Instant now);
void erase(db::Tx& tx, std::string_view kid);
/// Those retired before `before`; hands back how many.
std::int64_t erase_retired(db::Tx& tx, Instant before);

std::optional<std::string> find_secret(db::Tx& tx, std::string_view name);
/// Keeps the one that is there.
void insert_secret(db::Tx& tx, std::string_view name, std::string_view sealed);

}  // namespace usher::keys
