#include "config/revocations.hpp"

#include "config/define.hpp"

#include <array>

namespace usher::config {
namespace {

constexpr std::array settings{
    define<&Config::revocations, &Revocations::open>(
        "revocations.open",
        "Whether anybody may read the revocation feed, or only services whose credential has the scope "
        "`revocations`.",
        {}
    ),
    define<&Config::revocations, &Revocations::listeners_max>(
        "revocations.listeners_max",
        "Most listeners of the revocation stream at once; each is a connection of `http.connections_max`.",
        {.min = 1, .max = 1'000'000}
    ),
    define<&Config::revocations, &Revocations::heartbeat>(
        "revocations.heartbeat",
        "How often the revocation stream says that there is nothing new.",
        {.min = 1, .max = 60}
    ),
};

}  // namespace

std::span<const Setting> revocations_settings()
{
  return settings;
}

}  // namespace usher::config
