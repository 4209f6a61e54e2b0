#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "db/database.hpp"
#include "features/addresses/address.hpp"
#include "features/addresses/rules.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace usher::addresses {

std::span<const db::Migration> migrations();

/// In the order in which they were added.
std::vector<Address> of_user(db::Tx& tx, users::UserId user);

/// Refuses with address_not_found, also when it is another user's.
Result<Address> find(db::Tx& tx, users::UserId user, AddressId id);

std::int64_t count_of(db::Tx& tx, users::UserId user);

/// Stores the contents of `address` for its user, who must exist.
Address insert(db::Tx& tx, const Address& address, Instant now);

/// Replaces the contents of the address with that id and user. Refuses with address_not_found.
Result<Address> update(db::Tx& tx, const Address& address, Instant now);

/// False when there was none.
bool erase(db::Tx& tx, users::UserId user, AddressId id);

}  // namespace usher::addresses
