#pragma once

#include "base/secret.hpp"
#include "cli/command.hpp"

#include <string>

namespace usher::cli {

/// All of a file, or of standard input for "-" or no name. Throws Failure when it cannot be read or is longer
/// than input_bytes_max.
inline constexpr std::size_t input_bytes_max = 1024UL * 1024;
std::string read_input(const std::string& path, Io& io);

/// A password that was never an argument: from --password-file, else asked for twice on a terminal without
/// echo, else the first line of standard input.
Secret read_password(const Invocation& invocation, Io& io);

}  // namespace usher::cli
