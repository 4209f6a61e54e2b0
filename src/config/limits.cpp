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
        "Wrong passwords of one source for one account, per window.",
        {.min = 1, .max = count_max}
    ),
    define<&Config::limits, &Limits::login_per_source>(
        "limits.login_per_source",
        "Wrong passwords of one source for all accounts together, per window.",
        {.min = 1, .max = count_max}
    ),
    define<&Config::limits, &Limits::login_total>(
        "limits.login_total",
        "Wrong passwords for one account from all sources new to it together, per window.",
        {.min = 1, .max = count_max}
    ),
    define<&Config::limits, &Limits::login_window>(
        "limits.login_window",
        "The window of the three above: it begins with the first wrong password; at its end all are "
        "forgotten.",
        {.min = 1, .max = 7 * 86400L}
    ),
    define<&Config::limits, &Limits::register_per_source>(
        "limits.register_per_source",
        "Registrations tried from one source, per `limits.register_window`; a body without a password is "
        "none.",
        {.min = 1, .max = count_max}
    ),
    define<&Config::limits, &Limits::register_window>(
        "limits.register_window",
        "The window of `limits.register_per_source`: it begins with the first registration; at its end all "
        "are forgotten.",
        {.min = 1, .max = 7 * 86400L}
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
