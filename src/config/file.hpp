#pragma once

#include "config/setting.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace usher::config {

struct FileSetting {
  const Setting* setting;
  std::string value;   ///< as Setting::set reads it
  std::string origin;  ///< "usher.toml:7"
};

struct FileSettings {
  std::vector<FileSetting> settings{};
  std::vector<std::string> wrong{};  ///< one line each: syntax, unknown keys, values of another type
};

/// usher.toml: tables are sections, keys are settings. `path` is for the messages.
FileSettings parse_file(std::string_view text, const std::string& path);

}  // namespace usher::config
