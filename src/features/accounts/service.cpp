#include "features/accounts/service.hpp"

#include "audit/audit.hpp"
#include "base/refusals.hpp"
#include "features/addresses/store.hpp"
#include "features/sessions/alive.hpp"
#include "features/sessions/store.hpp"
#include "features/users/rules.hpp"

#include <limits>

namespace usher::accounts {
namespace {

using sessions::check_alive;
using sessions::EndReason;
using users::Access;
using users::Role;
using users::User;
using users::UserId;

void record(db::Tx& tx, const Deed& deed, UserId subject, std::string_view what, std::string_view detail = {})
{
  audit::record(
      tx,
      {.what = what,
       .actor = deed.caller.user,
       .subject = subject.value,
       .session = deed.caller.session,
       .detail = detail},
      deed.origin,
      deed.now
  );
}

Result<Done> check_an_administrator_remains(db::Tx& tx, const User& leaving)
{
  if (leaving.role == Role::admin && !leaving.disabled && !users::exists_enabled_admin_but(tx, leaving.id)) {
    return refuse(users::last_admin);
  }
  return Done{};
}

/// The old generation's tokens die, and the sessions end but `kept`.
void end_sessions(
    db::Tx& tx, const User& changed, EndReason reason, const std::optional<Uuid>& kept, Instant now
)
{
  sessions::end_all(tx, changed.id, reason, kept, now);
  if (kept) {
    sessions::adopt_generation(tx, *kept, changed.generation);
  }
  sessions::revoke_user(tx, changed.id, changed.generation, now);
}

Result<User> password_changed(db::Tx& tx, const Deed& deed, UserId id, const std::string& hash)
{
  USHER_TRY(User changed, users::set_password(tx, id, hash, deed.now));
  const bool own = deed.caller.user == id.value && deed.caller.session;
  end_sessions(
      tx,
      changed,
      EndReason::password_changed,
      own ? std::optional{deed.caller.session} : std::nullopt,
      deed.now
  );
  record(tx, deed, id, "password_changed");
  return changed;
}

Result<User> role_changed(db::Tx& tx, const Deed& deed, const User& before, Role role)
{
  if (before.role == role) {
    return before;
  }
  if (role != Role::admin) {
    USHER_CHECK(check_an_administrator_remains(tx, before));
  }
  USHER_TRY(User changed, users::set_role(tx, before.id, role, deed.now));
  end_sessions(tx, changed, EndReason::role_changed, std::nullopt, deed.now);
  record(tx, deed, before.id, "role_changed", role == Role::admin ? "role=ADMIN" : "role=USER");
  return changed;
}

Result<User> access_changed(db::Tx& tx, const Deed& deed, const User& before, Access access)
{
  const bool disables = access == Access::disabled;
  if (before.disabled == disables) {
    return before;
  }
  if (disables) {
    USHER_CHECK(check_an_administrator_remains(tx, before));
  }
  USHER_TRY(User changed, users::set_access(tx, before.id, access, deed.now));
  if (disables) {
    end_sessions(tx, changed, EndReason::disabled, std::nullopt, deed.now);
  }
  record(tx, deed, before.id, disables ? "user_disabled" : "user_enabled");
  return changed;
}

/// The profile after a change; nothing when the same values again leave it, and the version, alone.
std::optional<users::Profile> new_profile(const User& before, const Change& wanted)
{
  users::Profile profile{
      .name = wanted.name.value_or(before.name),
      .email = wanted.email.value_or(before.email),
      .age = wanted.age.value_or(before.age)
  };
  if (profile.name == before.name && profile.email == before.email && profile.age == before.age) {
    return std::nullopt;
  }
  return profile;
}

Result<User> profile_changed(db::Tx& tx, const Deed& deed, const User& before, const Change& wanted)
{
  const auto profile = new_profile(before, wanted);
  if (!profile) {
    return before;
  }
  USHER_TRY(User changed, users::update(tx, before.id, *profile, deed.now));
  record(tx, deed, before.id, profile->email == before.email ? "user_changed" : "email_changed");
  return changed;
}

bool needs_freshness(const User& before, const Change& wanted)
{
  return wanted.password_hash || (wanted.role && *wanted.role != before.role) ||
         (wanted.disabled && *wanted.disabled != before.disabled) ||
         (wanted.email && !users::same_mailbox(*wanted.email, before.email));
}

Result<Done> check_may_change(const Caller& caller, const User& before, const Change& wanted)
{
  if (wanted.role && !caller.admin) {
    return refuse(users::role_forbidden);
  }
  if (wanted.disabled && !caller.admin) {
    return refuse(users::disabling_forbidden);
  }
  if (needs_freshness(before, wanted) && !caller.fresh) {
    return refuse(token_not_fresh);
  }
  return Done{};
}

bool registers(const Caller& caller)
{
  return !caller.somebody() && !caller.admin;
}

}  // namespace

Result<Account> find_account(db::Tx& tx, UserId id)
{
  USHER_TRY(User user, users::find(tx, id));
  return Account{.user = std::move(user), .addresses = addresses::of_user(tx, id)};
}

Result<User> create_user(db::Tx& tx, const Deed& deed, const users::NewUser& wanted)
{
  if (!registers(deed.caller)) {
    USHER_CHECK(check_alive(tx, deed.caller, deed.now));
  }
  USHER_CHECK(users::check(wanted.profile));
  users::NewUser allowed = wanted;
  allowed.role = deed.caller.admin ? wanted.role : Role::user;
  USHER_TRY(User created, users::insert(tx, allowed, deed.now));
  record(
      tx,
      deed,
      created.id,
      deed.caller.admin ? "user_created" : "user_registered",
      created.role == Role::admin ? "role=ADMIN" : "role=USER"
  );
  return created;
}

Result<User> check_change(
    db::Tx& tx, const Deed& deed, UserId id, const Change& wanted, const users::Expected& expected
)
{
  USHER_CHECK(check_alive(tx, deed.caller, deed.now));
  USHER_TRY(User user, users::find(tx, id));
  USHER_CHECK(expected.check(user.version));
  USHER_CHECK(check_may_change(deed.caller, user, wanted));
  if (const auto profile = new_profile(user, wanted)) {
    USHER_CHECK(users::check(*profile));
  }
  if (wanted.role == Role::user || wanted.disabled == true) {
    USHER_CHECK(check_an_administrator_remains(tx, user));
  }
  return user;
}

Result<Account> change_user(
    db::Tx& tx, const Deed& deed, UserId id, const Change& wanted, const users::Expected& expected
)
{
  USHER_TRY(User user, check_change(tx, deed, id, wanted, expected));
  USHER_TRY(user, profile_changed(tx, deed, user, wanted));
  if (wanted.password_hash) {
    USHER_TRY(user, password_changed(tx, deed, id, *wanted.password_hash));
  }
  if (wanted.role) {
    USHER_TRY(user, role_changed(tx, deed, user, *wanted.role));
  }
  if (wanted.disabled) {
    USHER_TRY(user, access_changed(tx, deed, user, *wanted.disabled ? Access::disabled : Access::enabled));
  }
  return Account{.user = std::move(user), .addresses = addresses::of_user(tx, id)};
}

Result<User> set_password(db::Tx& tx, const Deed& deed, UserId id, const std::string& hash)
{
  USHER_CHECK(check_alive(tx, deed.caller, deed.now));
  return password_changed(tx, deed, id, hash);
}

Result<User> set_role(db::Tx& tx, const Deed& deed, UserId id, Role role)
{
  USHER_CHECK(check_alive(tx, deed.caller, deed.now));
  USHER_TRY(const User before, users::find(tx, id));
  return role_changed(tx, deed, before, role);
}

Result<User> disable(db::Tx& tx, const Deed& deed, UserId id)
{
  USHER_CHECK(check_alive(tx, deed.caller, deed.now));
  USHER_TRY(const User before, users::find(tx, id));
  return access_changed(tx, deed, before, Access::disabled);
}

Result<User> enable(db::Tx& tx, const Deed& deed, UserId id)
{
  USHER_CHECK(check_alive(tx, deed.caller, deed.now));
  USHER_TRY(const User before, users::find(tx, id));
  return access_changed(tx, deed, before, Access::enabled);
}

Result<Done> delete_user(db::Tx& tx, const Deed& deed, UserId id, const users::Expected& expected)
{
  USHER_CHECK(check_alive(tx, deed.caller, deed.now));
  USHER_TRY(const User before, users::find(tx, id));
  USHER_CHECK(expected.check(before.version));
  USHER_CHECK(check_an_administrator_remains(tx, before));
  sessions::revoke_user(tx, id, std::numeric_limits<std::int64_t>::max(), deed.now);
  users::erase(tx, id);
  record(tx, deed, id, "user_deleted");
  return Done{};
}

}  // namespace usher::accounts
