#pragma once

#include "cli/command.hpp"

#include <span>
#include <string>

namespace usher::cli {

/// The whole program: argv in, exit status (sysexits) out.
int main(int argc, char** argv);

/// The same on streams of the caller's choice, for tests.
Status run(std::span<const std::string> arguments, Io& io);

}  // namespace usher::cli
