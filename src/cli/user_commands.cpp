#include "cli/user.hpp"

#include <array>

namespace usher::cli {
namespace {

constexpr std::string_view add_details =
    R"(Adds a user, an administrator with --admin. The password is asked for on a terminal, else read from standard
input or from --password-file; it is never an argument, where every process of the machine could read it.

Examples:
  usher user add ada@example.org --name "Ada Lovelace" --age 36 --admin
  pwgen -s 20 1 | tee secret | usher user add bot@example.org --name Bot --age 16
)";

constexpr std::string_view list_details = R"(Examples:
  usher user list --role ADMIN
  usher user list --json | jq -r '.[].email'
)";

constexpr std::string_view show_details = R"(Example:
  usher user show ada@example.org
)";

constexpr std::string_view disable_details =
    R"(A disabled user cannot log in, and all of their tokens are dead within a second. The last enabled administrator
cannot be disabled.

Example:
  usher user disable 7
)";

constexpr std::string_view enable_details = R"(Example:
  usher user enable 7
)";

constexpr std::string_view role_details =
    R"(Ends all sessions of the user. The last enabled administrator keeps the role.

Example:
  usher user set-role ada@example.org ADMIN
)";

constexpr std::string_view password_details =
    R"(Ends all sessions of the user. The password is asked for on a terminal, else read from standard input or from
--password-file.

Example:
  usher user set-password ada@example.org
)";

constexpr std::string_view delete_details =
    R"(With addresses and sessions; all tokens are dead within a second, and the id is never given again. The last
enabled administrator cannot be deleted.

Example:
  usher user delete 7 --yes
)";

constexpr Word which{"USER", "", "id or e-mail address", true};
constexpr Word password_file{"--password-file", "FILE", "read the password from FILE"};
constexpr std::array one_user{which};
constexpr std::array email_argument{Word{"EMAIL", "", "e-mail address", true}};
constexpr std::array role_arguments{which, Word{"ROLE", "", "USER or ADMIN", true}};
constexpr std::array json_option{Word{"--json", "", "as JSON"}};
constexpr std::array list_options{
    Word{"--json", "", "as one JSON list"}, Word{"--role", "ROLE", "only USER or only ADMIN"}
};
constexpr std::array password_options{password_file};
constexpr std::array delete_options{Word{"--yes", "", "really"}};
constexpr std::array add_options{
    Word{"--name", "NAME", "display name, at most 30 characters", true},
    Word{"--age", "YEARS", "16 to 100", true},
    Word{"--admin", "", "with role ADMIN"},
    password_file,
};

constexpr std::array commands{
    Command{"user add", "add a user or an administrator", add_details, email_argument, add_options, user_add},
    Command{"user list", "every user", list_details, {}, list_options, user_list},
    Command{"user show", "one user, with addresses", show_details, one_user, json_option, user_show},
    Command{"user disable", "bar a user from logging in", disable_details, one_user, {}, user_disable},
    Command{"user enable", "let a disabled user log in again", enable_details, one_user, {}, user_enable},
    Command{
        "user set-role",
        "make a user an administrator, or no longer",
        role_details,
        role_arguments,
        {},
        user_set_role
    },
    Command{
        "user set-password",
        "give a user another password",
        password_details,
        one_user,
        password_options,
        user_set_password
    },
    Command{"user delete", "delete a user for good", delete_details, one_user, delete_options, user_delete},
};

}  // namespace

std::span<const Command> user_commands()
{
  return commands;
}

}  // namespace usher::cli
