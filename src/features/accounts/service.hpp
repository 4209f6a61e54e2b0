#pragma once

#include "base/result.hpp"
#include "db/database.hpp"
#include "features/accounts/account.hpp"
#include "features/users/deed.hpp"
#include "features/users/precondition.hpp"
#include "features/users/store.hpp"
#include "features/users/user.hpp"

#include <optional>
#include <string>

// Everything that touches users together with their addresses, sessions and passwords. The routes, the
// command line and the first set-up all come through here, so that the invariants, the sessions' ends and the
// audit trail are the same for all. Passwords arrive hashed: hashing happens before the transaction.
//
// A caller who was demoted, disabled, deleted or whose session ended between its request and the transaction
// is refused with token_revoked, by every function that takes a Deed. Nobody may register, and nothing else.

namespace usher::accounts {

/// Who does it, from where, and when. The command line: {.caller = shell_caller(), .now = clock.now()}.
using users::Deed;

/// Refuses with user_not_found.
Result<Account> find_account(db::Tx& tx, users::UserId id);

/// By an administrator or the command line; and by nobody, who registers and gets role USER whatever is
/// asked. Refuses with fields_invalid, email_taken.
Result<users::User> create_user(db::Tx& tx, const Deed& deed, const users::NewUser& wanted);

/// What is to become different; what is left empty stays.
struct Change {
  std::optional<std::string> name{};
  std::optional<std::string> email{};
  std::optional<int> age{};
  std::optional<users::Role> role{};
  std::optional<std::string> password_hash{};
  std::optional<bool> disabled{};
};

/// Refuses with user_not_found, precondition_failed, role_forbidden (a role from somebody who is no
/// administrator, even the role they have), disabling_forbidden (likewise), token_not_fresh (another mailbox,
/// role or password, disabling or enabling by a caller who is not fresh), fields_invalid, email_taken,
/// last_admin. Of a refused change nothing is done.
Result<Account> change_user(
    db::Tx& tx, const Deed& deed, users::UserId id, const Change& wanted, const users::Expected& expected
);

/// Refuses as change_user would, but for email_taken, and changes nothing: for a read, before a password is
/// hashed (whatever is in `password_hash` stands for what it will be). Hands back the user as they are.
Result<users::User> check_change(
    db::Tx& tx, const Deed& deed, users::UserId id, const Change& wanted, const users::Expected& expected
);

/// The steps of change_user that are more than a new value, one by one, for the command line.
///
/// All sessions of the user end but the caller's own, which goes on under the new generation: its access
/// token is dead at once, its refresh token brings a new one. Refuses with user_not_found.
Result<users::User> set_password(db::Tx& tx, const Deed& deed, users::UserId id, const std::string& hash);
/// Ends all sessions. Refuses with user_not_found, last_admin. The role they have already: no change.
Result<users::User> set_role(db::Tx& tx, const Deed& deed, users::UserId id, users::Role role);
/// Ends all sessions; nobody logs in as a disabled user. Refuses with user_not_found, last_admin. One who is
/// disabled already: no change.
Result<users::User> disable(db::Tx& tx, const Deed& deed, users::UserId id);
/// Refuses with user_not_found. One who is enabled already: no change, and their tokens live on.
Result<users::User> enable(db::Tx& tx, const Deed& deed, users::UserId id);

/// With addresses and sessions; all tokens die at once; the id is never given again.
/// Refuses with user_not_found, precondition_failed, last_admin.
Result<Done> delete_user(
    db::Tx& tx, const Deed& deed, users::UserId id, const users::Expected& expected = {}
);

}  // namespace usher::accounts
