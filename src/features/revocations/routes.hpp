#pragma once

#include "features/revocations/channel.hpp"
#include "features/revocations/feed.hpp"
#include "http/router.hpp"

namespace usher::revocations {

/// Both outlive the router; the channel is the network loop's own.
struct Deps {
  Feed& feed;
  Channel& channel;
};

/// /api/revocations and /api/revocations/stream.
void mount(http::Router& router, Deps deps);

}  // namespace usher::revocations
