#pragma once

#include <string>
#include <string_view>

namespace usher::cli {

/// For "bash", "zsh" or "fish"; empty for any other.
std::string completion(std::string_view shell);

}  // namespace usher::cli
