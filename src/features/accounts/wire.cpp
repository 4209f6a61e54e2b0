#include "features/accounts/wire.hpp"

#include "features/addresses/wire.hpp"
#include "features/users/wire.hpp"
#include "text/email.hpp"

#include <array>
#include <utility>

namespace usher::accounts {
namespace {

using json::field;

constexpr json::Field required(json::Field made)
{
  made.presence = json::Presence::required;
  return made;
}

constexpr json::Field name = field<&UserInput::name>(
    "name",
    {.min = 1, .max = users::name_length_max, .check = users::problem_with_name},
    "Display name, on one line.",
    R"("Ada Lovelace")"
);
constexpr json::Field email = field<&UserInput::email>(
    "email",
    {.min = 3, .max = users::email_bytes_max, .format = "email", .check = text::problem_with_email},
    "Unique whatever its case, width or domain spelling; kept as written.",
    R"("ada@example.org")"
);
constexpr json::Field age =
    field<&UserInput::age>("age", {.min = users::age_min, .max = users::age_max}, "In years.", "36");
constexpr json::Field role = field<&UserInput::role>(
    "role", {.one_of = users::role_names}, "Set by administrators only.", R"("USER")"
);
constexpr json::Field password = field<&UserInput::password>(
    "password",
    {.min = 1},
    "8 characters or more (as configured), no rules of composition, but hard to guess.",
    R"("correct horse battery staple")"
);

constexpr json::Field disabled = field<&UserInput::disabled>(
    "disabled",
    {},
    "Whether logging in is barred; true ends every session. Set by administrators only.",
    "false"
);

constexpr std::array registration_fields{required(name), required(email), required(age), required(password)};
constexpr std::array new_user_fields{
    required(name), required(email), required(age), required(password), role
};
constexpr std::array user_body_fields{required(name), required(email), required(age), role, password};
constexpr std::array user_patch_fields{name, email, age, role, password, disabled};

/// A user's field, as one of an account's.
template <std::size_t Place>
constexpr json::Field shown()
{
  constexpr const json::Field& of_user = users::user_fields[Place];
  return {
      .name = of_user.name,
      .type = of_user.type,
      .presence = of_user.presence,
      .limits = of_user.limits,
      .doc = of_user.doc,
      .example = of_user.example,
      .write =
          [](json::Writer& out, const void* account, const json::AnyShape* element) {
            users::user_fields[Place].write(out, &static_cast<const Account*>(account)->user, element);
          }
  };
}

template <std::size_t... Places>
constexpr auto account_fields_of(std::index_sequence<Places...> /*places*/)
{
  return std::array{
      shown<Places>()...,
      field<&Account::addresses>("addresses", {}, "In the order added.", {}, addresses::address_shape)
  };
}

const auto account_fields = account_fields_of(std::make_index_sequence<users::user_fields.size()>{});

}  // namespace

constexpr json::Shape<UserInput> registration_shape{
    "Registration", registration_fields, "What somebody says who wants an account."
};
constexpr json::Shape<UserInput> new_user_shape{
    "NewUser", new_user_fields, "As a registration, by an administrator; role USER when left out."
};
constexpr json::Shape<UserInput> user_body_shape{
    "UserBody", user_body_fields, "What a user is to be from now on; a role or password left out stays."
};
constexpr json::Shape<UserInput> user_patch_shape{
    "UserPatch",
    user_patch_fields,
    "A merge patch (RFC 7396): what is left out stays; nothing can be removed."
};
const json::Shape<Account> user_shape{"User", account_fields, "A user, with the addresses."};

namespace {

constexpr std::array user_list_fields{
    field<&UserList::users>("users", {}, "One page of them.", {}, user_shape),
    users::or_null(field<&UserList::next_cursor>(
        "next_cursor", {}, "Send it as cursor for the next page; null on the last one.", "null"
    )),
};

}  // namespace

constexpr json::Shape<UserList> user_list_shape{"UserList", user_list_fields};

std::string to_json(const Account& account)
{
  return json::text_of(account, user_shape);
}

}  // namespace usher::accounts
