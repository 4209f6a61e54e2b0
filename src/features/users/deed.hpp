#pragma once

#include "base/caller.hpp"
#include "base/clock.hpp"

namespace usher::users {

/// Who does it, from where, and when. The command line: {.caller = shell_caller(), .now = clock.now()}.
struct Deed {
  Caller caller{};
  Origin origin{};
  Instant now{};
};

}  // namespace usher::users
