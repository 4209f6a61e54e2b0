#pragma once

#include <string>
#include <string_view>

namespace usher::cli {

/// For --help: of one command, of a group such as "user", or (empty) of the program.
std::string help(std::string_view path);

/// docs/cli.md.
std::string command_page();

}  // namespace usher::cli
