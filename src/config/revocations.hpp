#pragma once

#include "config/setting.hpp"

#include <chrono>
#include <cstddef>
#include <span>

namespace usher::config {

struct Revocations {
  bool open{true};
  std::size_t listeners_max{10'000};
  std::chrono::seconds heartbeat{5};
};

std::span<const Setting> revocations_settings();

}  // namespace usher::config
