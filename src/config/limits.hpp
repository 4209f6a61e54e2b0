#pragma once

#include "config/setting.hpp"

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace usher::config {

struct Limits {
  std::size_t login_per_account{10};
  std::size_t login_per_source{100};
  std::size_t login_total{100};
  std::chrono::seconds login_window{900};
  std::size_t register_per_source{300};
  std::chrono::seconds register_window{3600};
  std::size_t entries_max{1'000'000};
  std::vector<std::string> exempt{};
};

std::span<const Setting> limits_settings();

}  // namespace usher::config
