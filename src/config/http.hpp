#pragma once

#include "config/setting.hpp"

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace usher::config {

struct Http {
  std::vector<std::string> listen{"127.0.0.1:8080"};
  std::string metrics_listen{"127.0.0.1:9464"};  ///< "same": /metrics of the main listener; empty: nowhere
  std::vector<std::string> trusted_proxies{};
  std::vector<std::string> cors_origins{};
  std::size_t threads{0};
  std::size_t head_max{32UL * 1024};
  std::size_t headers_max{100};
  std::size_t target_max{8UL * 1024};
  std::size_t body_max{64UL * 1024};
  std::size_t connections_max{20'000};
  std::chrono::seconds idle_timeout{60};
  std::chrono::seconds message_timeout{10};
  std::chrono::seconds drain_timeout{8};
  bool access_log{true};
};

std::span<const Setting> http_settings();

}  // namespace usher::config
