#include "config/accounts.hpp"

#include "config/checks.hpp"
#include "config/define.hpp"

namespace usher::config {
namespace {

constexpr std::array settings{
    define<&Config::accounts, &Accounts::registration>(
        "accounts.registration", "Whether anybody may register (`open`) or only administrators add users.", {}
    ),
    define<&Config::accounts, &Accounts::public_search>(
        "accounts.public_search", "Whether anybody may look up a name by e-mail address without a token.", {}
    ),
    define<&Config::admin, &Admin::email>(
        "admin.email", "Address of an administrator to create at the start, when there is none yet.", {}
    ),
    define<&Config::admin, &Admin::password>("admin.password", "Password of that administrator.", {}),
    define<&Config::compat>(
        "compat",
        "The letter of the course's API instead of ours, for its own tests and Postman requests: `day7` or "
        "`day14`. Never for production.",
        {.short_flag = "--compat"}
    ),
};

}  // namespace

std::span<const Setting> accounts_settings()
{
  return settings;
}

}  // namespace usher::config
