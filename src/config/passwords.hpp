#pragma once

#include "config/setting.hpp"

#include <chrono>
#include <cstddef>
#include <span>

namespace usher::config {

struct Passwords {
  std::size_t length_min{8};
  std::size_t length_max{256};
  int strength_min{2};
  std::size_t memory_kib{19UL * 1024};
  unsigned passes{2};
  std::size_t threads{0};
  std::size_t queue_max{256};
  std::chrono::seconds wait_max{5};
  int niceness{5};
};

std::span<const Setting> passwords_settings();

}  // namespace usher::config
