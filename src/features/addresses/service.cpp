#include "features/addresses/service.hpp"

#include "audit/audit.hpp"
#include "features/addresses/rules.hpp"
#include "features/addresses/store.hpp"
#include "features/sessions/alive.hpp"
#include "features/users/store.hpp"

namespace usher::addresses {
namespace {

using sessions::check_alive;
using users::Deed;
using users::UserId;

void record(db::Tx& tx, const Deed& deed, Target target, std::string_view what)
{
  const std::string detail = "address=" + std::to_string(target.id.value);
  audit::record(
      tx,
      {.what = what,
       .actor = deed.caller.user,
       .subject = target.user.value,
       .session = deed.caller.session,
       .detail = detail},
      deed.origin,
      deed.now
  );
}

Result<Done> check(const Address& address)
{
  std::vector<FieldError> wrong = problems_with(address);
  if (!wrong.empty()) {
    return refuse_fields(std::move(wrong));
  }
  return Done{};
}

/// The address as it is, if it may be changed now.
Result<Address> find_expected(db::Tx& tx, const Deed& deed, Target target, const users::Expected& expected)
{
  USHER_CHECK(check_alive(tx, deed.caller, deed.now));
  USHER_TRY(Address address, find(tx, target.user, target.id));
  USHER_CHECK(expected.check(address.version));
  return address;
}

Result<Address> store(db::Tx& tx, const Deed& deed, const Address& wanted)
{
  USHER_CHECK(check(wanted));
  USHER_CHECK(users::bump_version(tx, wanted.user));
  USHER_TRY(Address changed, update(tx, wanted, deed.now));
  record(tx, deed, {.user = wanted.user, .id = wanted.id}, "address_changed");
  return changed;
}

template <class T>
void apply(T& value, const std::optional<T>& patch)
{
  if (patch) {
    value = *patch;
  }
}

}  // namespace

Result<std::vector<Address>> list_addresses(db::Tx& tx, UserId user)
{
  USHER_CHECK(users::find(tx, user));
  return of_user(tx, user);
}

Result<Address> find_address(db::Tx& tx, Target target)
{
  return find(tx, target.user, target.id);
}

Result<Address> add_address(db::Tx& tx, const Deed& deed, const Address& wanted)
{
  USHER_CHECK(check_alive(tx, deed.caller, deed.now));
  USHER_CHECK(check(wanted));
  USHER_CHECK(users::bump_version(tx, wanted.user));
  if (count_of(tx, wanted.user) >= addresses_max) {
    return refuse(too_many_addresses);
  }
  Address added = insert(tx, wanted, deed.now);
  record(tx, deed, {.user = added.user, .id = added.id}, "address_added");
  return added;
}

Result<Address> replace_address(
    db::Tx& tx, const Deed& deed, const Address& wanted, const users::Expected& expected
)
{
  USHER_CHECK(find_expected(tx, deed, {.user = wanted.user, .id = wanted.id}, expected));
  return store(tx, deed, wanted);
}

Result<Address> patch_address(
    db::Tx& tx, const Deed& deed, Target target, const Patch& patch, const users::Expected& expected
)
{
  USHER_TRY(Address address, find_expected(tx, deed, target, expected));
  apply(address.label, patch.label);
  apply(address.address_line_1, patch.address_line_1);
  apply(address.address_line_2, patch.address_line_2);
  apply(address.city, patch.city);
  apply(address.state, patch.state);
  apply(address.country, patch.country);
  apply(address.pin, patch.pin);
  return store(tx, deed, address);
}

Result<Done> delete_address(db::Tx& tx, const Deed& deed, Target target, const users::Expected& expected)
{
  USHER_CHECK(find_expected(tx, deed, target, expected));
  USHER_CHECK(users::bump_version(tx, target.user));
  erase(tx, target.user, target.id);
  record(tx, deed, target, "address_deleted");
  return Done{};
}

}  // namespace usher::addresses
