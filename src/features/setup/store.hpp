#pragma once

#include "base/clock.hpp"
#include "db/database.hpp"

#include <span>
#include <string_view>

namespace usher::setup {

std::span<const db::Migration> migrations();

/// `token_hash` is the SHA-256 in base64url; the token itself is not kept.
void insert(db::Tx& tx, std::string_view token_hash, Instant created, Instant expires);
bool is_good(db::Tx& tx, std::string_view token_hash, Instant now);
void erase_all(db::Tx& tx);

}  // namespace usher::setup
