#include "cli/user_text.hpp"

#include "base/time.hpp"
#include "features/accounts/wire.hpp"
#include "features/users/wire.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

#include <ostream>

namespace usher::cli {
namespace {

const json::Shape<users::User> user_shape{"User", users::user_fields};

std::string_view state_of(const users::User& user)
{
  return user.disabled ? "disabled" : "enabled";
}

constexpr std::string_view columns = "{:>8}  {:<5}  {:<8}  {:<30}  {}\n";

std::string table_head()
{
  return fmt::format(columns, "ID", "ROLE", "STATE", "E-MAIL", "NAME");
}

std::string table_line(const users::User& user)
{
  return fmt::format(
      columns, user.id.value, users::name_of(user.role), state_of(user), user.email, user.name
  );
}

}  // namespace

void UserList::add(const std::vector<users::User>& users)
{
  for (const users::User& user : users) {
    if (layout_ == Layout::json) {
      out_ << (begun_ ? ",\n " : "[") << json::text_of(user, user_shape);
    } else {
      out_ << (begun_ ? std::string{} : table_head()) << table_line(user);
    }
    begun_ = true;
  }
}

void UserList::finish()
{
  if (layout_ == Layout::json) {
    out_ << (begun_ ? "]\n" : "[]\n");
  } else if (!begun_) {
    out_ << "There are no users.\n";
  }
}

void print_account(std::ostream& out, const accounts::Account& account, Layout layout)
{
  if (layout == Layout::json) {
    out << json::text_of(account, accounts::user_shape) << '\n';
    return;
  }
  const users::User& user = account.user;
  out << fmt::format(
      "id       {}\nname     {}\ne-mail   {}\nage      {}\nrole     {}\nstate    {}\ncreated  {}\nupdated  "
      "{}\n",
      user.id.value,
      user.name,
      user.email,
      user.age,
      users::name_of(user.role),
      state_of(user),
      rfc3339(user.created),
      rfc3339(user.updated)
  );
  for (const addresses::Address& address : account.addresses) {
    out << fmt::format(
        "address  {}: {}, {}, {} {}, {}\n",
        address.id.value,
        address.address_line_1,
        address.city,
        address.state,
        address.pin,
        address.country
    );
  }
}

}  // namespace usher::cli
