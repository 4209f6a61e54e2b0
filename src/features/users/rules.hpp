#pragma once

#include "base/error.hpp"
#include "base/result.hpp"
#include "features/users/user.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace usher::users {

inline constexpr std::int64_t name_length_max = 30;  ///< Unicode code points
inline constexpr std::int64_t email_bytes_max = 254;
inline constexpr int age_min = 16;
inline constexpr int age_max = 100;
inline constexpr std::array<std::string_view, 2> role_names{"USER", "ADMIN"};

inline constexpr Refusal user_not_found{
    Kind::not_found, "user_not_found", "User not found", "There is no such user."
};
inline constexpr Refusal email_taken{
    Kind::conflict, "email_taken", "E-mail address taken", "Another user has this e-mail address."
};
inline constexpr Refusal last_admin{
    Kind::conflict,
    "last_admin",
    "Last administrator",
    "This is the last enabled administrator; make another one first."
};
inline constexpr Refusal role_forbidden{
    Kind::forbidden, "role_forbidden", "Role not yours to change", "Only an administrator may set a role."
};
inline constexpr Refusal disabling_forbidden{
    Kind::forbidden,
    "disabling_forbidden",
    "Not yours to disable",
    "Only an administrator may disable or enable an account."
};

/// What a user says about themself.
struct Profile {
  std::string name;
  std::string email;
  int age{};
};

/// The reason against it, or empty: 1 to 30 characters on one line, not blank.
std::string_view problem_with_name(std::string_view name);

/// Every field that is wrong.
std::vector<FieldError> problems_with(const Profile& profile);

/// Refuses with fields_invalid, which names every wrong field.
Result<Done> check(const Profile& profile);

/// Whether two addresses differ in the case of ASCII letters at most, so that mail for the one goes to the
/// other everywhere. Narrower than being taken: a look-alike is the same account to us, but not to the mail.
bool same_mailbox(std::string_view a, std::string_view b);

}  // namespace usher::users
