#pragma once

#include <cstddef>

namespace usher::app {

/// Every connection is a file descriptor, and the usual soft limit of 1024 is far from http.connections_max:
/// raises it to the hard limit. Hands back how many there may be now.
std::size_t raise_descriptor_limit() noexcept;

}  // namespace usher::app
