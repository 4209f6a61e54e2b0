#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace usher::testing {

/// Where test vectors made by others lie ($USHER_VECTORS, else ../shared/vectors); nothing when absent: the
/// test then skips and says so.
std::optional<std::filesystem::path> vectors_folder();

std::string read_file(const std::filesystem::path& path);

}  // namespace usher::testing
