#pragma once

#include "app/site.hpp"
#include "http/router.hpp"

namespace usher::app {

/// The one list of features. Adding one: its include, and its line here.
void mount_features(http::Router& router, Services& services, Loop& loop);

}  // namespace usher::app
