#pragma once

#include "config/load.hpp"

#include <string>

namespace usher::config {

/// What `usher config` prints: each setting in force and where it came from, as TOML with comments; secrets
/// masked.
std::string in_force(const Loaded& loaded);

/// The same as one JSON object: {"tokens.access_ttl": {"value": "15m", "origin": "default"}, ...}.
std::string in_force_json(const Loaded& loaded);

/// docs/configuration.md.
std::string reference_page();

/// For --help of `serve` and `config`: one line per setting.
std::string flag_list();

}  // namespace usher::config
