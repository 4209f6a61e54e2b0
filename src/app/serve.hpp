#pragma once

#include "base/result.hpp"
#include "config/load.hpp"

#include <functional>
#include <iosfwd>

namespace usher::app {

/// Runs the server until SIGTERM or SIGINT: opens everything, listens, tells `out` where, drains, closes in
/// reverse. A second signal while draining ends the process at once; SIGHUP calls `reload` and takes over
/// certificates and the settings that may change. Throws StartFault or Fault when it cannot start.
void serve(
    const config::Loaded& loaded, const std::function<Result<config::Loaded>()>& reload, std::ostream& out
);

}  // namespace usher::app
