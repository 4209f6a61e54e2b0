#pragma once

#include "features/users/rules.hpp"
#include "features/users/user.hpp"
#include "json/json.hpp"

#include <array>

namespace usher::users {

/// A member that is shown as null when it is empty, instead of being left out.
constexpr json::Field or_null(json::Field made)
{
  made.missing = nullptr;
  return made;
}

void write_role(json::Writer& out, const void* user, const json::AnyShape* element);

/// The answer of what has nothing to show: {"message": "..."}.
struct Message {
  std::string_view message;
};
extern const json::Shape<Message> message_shape;

/// What is shown of a user by whoever may see all of it. A shape whose owner is more than a User (accounts,
/// with the addresses) takes these and hands them its user.
inline constexpr std::array user_fields{
    json::field<&User::id>("id", {.min = 1}, "Never given to another user.", "7"),
    json::field<&User::name>(
        "name", {.min = 1, .max = name_length_max}, "Display name.", R"("Ada Lovelace")"
    ),
    json::field<&User::email>(
        "email",
        {.min = 3, .max = email_bytes_max, .format = "email"},
        "As the user wrote it.",
        R"("ada@example.org")"
    ),
    json::field<&User::age>("age", {.min = age_min, .max = age_max}, "In years.", "36"),
    json::Field{
        .name = "role",
        .type = json::Type::text,
        .presence = json::Presence::required,
        .limits = {.one_of = role_names},
        .doc = "What the user may do.",
        .example = R"("USER")",
        .write = write_role
    },
    json::field<&User::disabled>("disabled", {}, "Whether logging in is barred.", "false"),
    json::field<&User::created>("created_at", {}, "When the user was made.", R"("2026-11-24T21:13:00Z")"),
    json::field<&User::updated>("updated_at", {}, "When the user last changed.", R"("2026-11-24T21:13:00Z")"),
};

}  // namespace usher::users
