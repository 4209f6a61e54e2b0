#pragma once

#include "app/services.hpp"
#include "db/door.hpp"
#include "features/revocations/channel.hpp"
#include "http/site.hpp"
#include "tokens/mint.hpp"

namespace usher::app {

/// What one network loop has for itself.
struct Loop {
  Loop(Services& services, const Executor& executor);

  db::Door door;
  tokens::Mint mint;
  revocations::Channel channel;
};

/// For http::Server: each loop's own site with all features. `services` outlives the server.
http::MakeSite make_site(Services& services);

/// Only /metrics, for a listener of its own.
http::MakeSite make_metrics_site(Services& services);

}  // namespace usher::app
