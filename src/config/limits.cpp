#include "config/limits.hpp"

#include "config/checks.hpp"
#include "config/define.hpp"

#include <array>

namespace usher::config {
namespace {

constexpr std::int64_t count_max = 1'000'000'000;

constexpr std::array settings{
    define<&Config::limits, &Limits::login_per_account>(
        "limits.login_per_account",
        "Wrong passwords of one source for one account, per `limits.login_window`.",
        {.min = 1, .max = count_max}
    ),
    define<&Config::limits, &Limits::login_per_source>(
        "limits.login_per_source",
        "Wrong passwords of one source for all accounts together.",
        {.min = 1, .max = count_max}
    ),
    define<&Config::limits, &Limits::login_total>(
        "limits.login_total",
        "Wrong passwords for one account from all sources new to it together.",
        {.min = 1, .max = count_max}
    ),
    define<&Config::limits, &Limits::login_window>(
        "limits.login_window", "Time after which a wrong password is forgotten.", {.min = 1, .max = 7 * 86400}
    ),
    define<&Config::limits, &Limits::register_per_source>(
        "limits.register_per_source",
        "Registrations from one source, per `limits.register_window`.",
        {.min = 1, .max = count_max}
    ),
    define<&Config::limits, &Limits::register_window>(
        "limits.register_window",
        "Time after which a registration is forgotten.",
        {.min = 1, .max = 7 * 86400}
    ),
    define<&Config::limits, &Limits::entries_max>(
        "limits.entries_max", "Accounts and sources remembered at once.", {.min = 1000, .max = count_max}
    ),
    define<&Config::limits, &Limits::exempt>(
        "limits.exempt",
        "Addresses or networks without any of these limits, for load tests.",
        {.check = problem_with_network}
    ),
};

}  // namespace

std::span<const Setting> limits_settings()
{
  return settings;
}

}  // namespace usher::config
