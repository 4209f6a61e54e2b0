#include "features/search/wire.hpp"

#include "features/addresses/wire.hpp"
#include "features/users/rules.hpp"

#include <array>

namespace usher::search {
namespace {

using json::field;

constexpr std::array found_fields{
    field<&Found::id>("id", {.min = 1}, "Not without a token.", "7"),
    field<&Found::name>(
        "name", {.min = 1, .max = users::name_length_max}, "Display name.", R"("Ada Lovelace")"
    ),
    field<&Found::email>(
        "email",
        {.min = 3, .max = users::email_bytes_max, .format = "email"},
        "As the user wrote it.",
        R"("ada@example.org")"
    ),
    field<&Found::age>(
        "age",
        {.min = users::age_min, .max = users::age_max},
        "This and the rest: of oneself, or to administrators."
    ),
    field<&Found::role>("role", {.one_of = users::role_names}, "What the user may do."),
    field<&Found::disabled>("disabled", {}, "Whether logging in is barred."),
    field<&Found::created>("created_at", {}, "When the user was made."),
    field<&Found::updated>("updated_at", {}, "When the user last changed."),
    field<&Found::addresses>("addresses", {}, "In the order added.", {}, addresses::address_shape),
};

}  // namespace

constexpr json::Shape<Found> found_shape{"FoundUser", found_fields, "As much of a user as one may see."};

Found seen(accounts::Account account, View view)
{
  users::User& user = account.user;
  Found found{.name = std::move(user.name), .email = std::move(user.email)};
  if (view == View::name_only) {
    return found;
  }
  found.id = user.id;
  if (view == View::with_id) {
    return found;
  }
  found.age = user.age;
  found.role = name_of(user.role);
  found.disabled = user.disabled;
  found.created = user.created;
  found.updated = user.updated;
  found.addresses = std::move(account.addresses);
  return found;
}

}  // namespace usher::search
