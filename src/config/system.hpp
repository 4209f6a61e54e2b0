#pragma once

#include "config/setting.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace usher::config {

struct Tls {
  std::string cert{};
  std::string key{};
};

enum class LogLevel { debug, info, warning, error, off };

constexpr std::array<std::string_view, 5> names_of(LogLevel /*which*/)
{
  return {"debug", "info", "warning", "error", "off"};
}

enum class LogFormat { automatic, text, json };

constexpr std::array<std::string_view, 3> names_of(LogFormat /*which*/)
{
  return {"auto", "text", "json"};
}

struct Log {
  LogLevel level{LogLevel::info};
  LogFormat format{LogFormat::automatic};
};

std::span<const Setting> system_settings();

}  // namespace usher::config
