#include "config/system.hpp"

#include "config/define.hpp"

namespace usher::config {
namespace {

constexpr std::array settings{
    define<&Config::tls, &Tls::cert>(
        "tls.cert",
        "PEM file with the certificate and its chain; empty for plain HTTP. SIGHUP reads it again.",
        {}
    ),
    define<&Config::tls, &Tls::key>("tls.key", "PEM file with its private key. SIGHUP reads it again.", {}),
    define<&Config::log, &Log::level>("log.level", "The least that is logged.", {.reloadable = true}),
    define<&Config::log, &Log::format>(
        "log.format", "`text`, `json` (a line each), or `auto`: text on a terminal, JSON otherwise.", {}
    ),
};

}  // namespace

std::span<const Setting> system_settings()
{
  return settings;
}

}  // namespace usher::config
