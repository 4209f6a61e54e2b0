#pragma once

#include "cli/command.hpp"

#include <optional>
#include <span>
#include <string>

namespace usher::cli {

/// What argv asks for: a command to run, or a text to print and a status to leave with.
struct Asked {
  const Command* command{nullptr};
  Invocation invocation{};
  std::string text{};
  Status status{ok};  ///< not ok: `text` goes to standard error
};

Asked understand(std::span<const std::string> arguments);

}  // namespace usher::cli
