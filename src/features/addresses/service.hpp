#pragma once

#include "base/result.hpp"
#include "db/database.hpp"
#include "features/addresses/address.hpp"
#include "features/users/deed.hpp"
#include "features/users/precondition.hpp"

#include <optional>
#include <string>
#include <vector>

namespace usher::addresses {

// Whether the caller may touch this user's addresses is the guard's decision; each change bumps the user's
// version too, since the user is shown with the addresses. Functions that take a Deed refuse with
// token_revoked a caller whose session or account is no longer what the gate saw.

/// Refuses with user_not_found.
Result<std::vector<Address>> list_addresses(db::Tx& tx, users::UserId user);

/// Adds the contents of `wanted` to the addresses of `wanted.user`.
/// Refuses with user_not_found, fields_invalid, too_many_addresses.
Result<Address> add_address(db::Tx& tx, const users::Deed& deed, const Address& wanted);

/// The members of a merge patch (RFC 7396): left out stays, an inner nothing is null and removes.
struct Patch {
  std::optional<std::optional<std::string>> label{};
  std::optional<std::string> address_line_1{};
  std::optional<std::optional<std::string>> address_line_2{};
  std::optional<std::string> city{};
  std::optional<std::string> state{};
  std::optional<std::string> country{};
  std::optional<std::int64_t> pin{};
};

/// Replaces the contents of the address that has `wanted`'s id and user.
/// Refuses with address_not_found, precondition_failed, fields_invalid.
Result<Address> replace_address(
    db::Tx& tx, const users::Deed& deed, const Address& wanted, const users::Expected& expected
);

/// Which address of whom.
struct Target {
  users::UserId user;
  AddressId id;
};

/// Refuses with address_not_found, also when it is another user's.
Result<Address> find_address(db::Tx& tx, Target target);

/// Refuses with address_not_found, precondition_failed, fields_invalid (the whole must be right afterwards).
Result<Address> patch_address(
    db::Tx& tx, const users::Deed& deed, Target target, const Patch& patch, const users::Expected& expected
);

/// Refuses with address_not_found, precondition_failed.
Result<Done> delete_address(
    db::Tx& tx, const users::Deed& deed, Target target, const users::Expected& expected
);

}  // namespace usher::addresses
