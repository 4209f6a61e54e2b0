#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "db/database.hpp"
#include "features/users/rules.hpp"
#include "features/users/user.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace usher::users {

std::span<const db::Migration> migrations();

/// Refuses with user_not_found.
Result<User> find(db::Tx& tx, UserId id);

/// What a login needs. An empty hash: no password is set, none matches.
struct Credentials {
  User user;
  std::string password_hash;
};

/// `email_key` as text::email_key makes it.
std::optional<Credentials> find_by_email_key(db::Tx& tx, std::string_view email_key);
std::optional<Credentials> find_credentials(db::Tx& tx, UserId id);

struct NewUser {
  Profile profile;
  Role role{Role::user};
  std::string password_hash{};  ///< empty: none, cannot log in until one is set
};

/// Refuses with email_taken, or fields_invalid when the address is none.
Result<User> insert(db::Tx& tx, const NewUser& wanted, Instant now);

/// Every setter bumps the version and hands back the user as it is now. They refuse with user_not_found.
/// update() refuses with email_taken too, or fields_invalid when the address is none.
Result<User> update(db::Tx& tx, UserId id, const Profile& profile, Instant now);
/// The next three bump the generation as well: older tokens are no longer the user's.
Result<User> set_password(db::Tx& tx, UserId id, std::string_view password_hash, Instant now);
Result<User> set_role(db::Tx& tx, UserId id, Role role, Instant now);
enum class Access { enabled, disabled };
Result<User> set_access(db::Tx& tx, UserId id, Access access, Instant now);

/// For what is shown with the user but kept elsewhere (addresses): the ETag changes, updated_at does not.
Result<Done> bump_version(db::Tx& tx, UserId id);

/// The same password in a better hash: nothing else changes. No-op when the stored hash is not `old_hash`.
void replace_hash(db::Tx& tx, UserId id, std::string_view old_hash, std::string_view new_hash);

/// With all that hangs on the row. False when there was none.
bool erase(db::Tx& tx, UserId id);

bool exists_admin(db::Tx& tx);
/// Whether an enabled administrator remains without this one.
bool exists_enabled_admin_but(db::Tx& tx, UserId id);
/// Walks the whole index: for the command line, not for requests.
std::int64_t count(db::Tx& tx);

}  // namespace usher::users
