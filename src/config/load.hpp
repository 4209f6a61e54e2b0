#pragma once

#include "base/result.hpp"
#include "config/config.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace usher::config {

/// A setting given on the command line.
struct Given {
  std::string name;  ///< "tokens.access_ttl"
  std::string value;
  std::string flag;  ///< as it was written: "--access-ttl"
};

struct Sources {
  std::vector<Given> flags{};
  std::map<std::string, std::string> environment{};  ///< what starts with USHER_; see process_environment()
  std::string file{};  ///< --config or USHER_CONFIG; empty: usher.toml, if it is there
};

/// What is in force, and where it came from.
struct Loaded {
  Config config{};
  std::map<std::string_view, std::string> origins{
  };  ///< by name: "flag --access-ttl", "usher.toml:7"; else default
  std::vector<std::string> warnings{};

  std::string origin_of(std::string_view name) const;
};

inline constexpr Refusal settings_invalid{
    usher::Kind::invalid,
    "settings_invalid",
    "Settings invalid",
    "See docs/configuration.md or `usher config --help`."
};

/// Flags over environment over file over defaults. Refuses with settings_invalid, whose detail has one line
/// for each bad value: setting, value, source, cure.
Result<Loaded> load(const Sources& sources);

std::map<std::string, std::string> process_environment();

/// "; did you mean x?", or empty when nothing resembles `wrong`.
std::string suggestion(std::string_view wrong, const std::vector<std::string>& candidates);

}  // namespace usher::config
