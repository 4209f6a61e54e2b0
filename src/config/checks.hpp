#pragma once

#include "config/config.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace usher::config {

// Rules for single values: what is wrong and what to write instead, or empty.

std::string problem_with_empty(std::string_view text);
std::string problem_with_endpoint(std::string_view text);          ///< HOST:PORT
std::string problem_with_metrics_endpoint(std::string_view text);  ///< or "same", or nothing
std::string problem_with_network(std::string_view text);           ///< an address or CIDR network
std::string problem_with_origin(std::string_view text);            ///< RFC 6454 origin
std::string problem_with_database_url(std::string_view text);

/// True for 127.0.0.0/8, ::1 and localhost, with or without a port.
bool is_loopback(std::string_view endpoint);

/// A rule between settings that does not hold.
struct Clash {
  std::string_view setting;  ///< the one to change
  std::string reason;
};

std::vector<Clash> clashes(const Config& config);

/// What works but deserves a second thought; one line each.
std::vector<std::string> second_thoughts(const Config& config);

}  // namespace usher::config
