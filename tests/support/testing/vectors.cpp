#include "testing/vectors.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace usher::testing {

std::optional<std::filesystem::path> vectors_folder()
{
  const char* named = std::getenv("USHER_VECTORS");
  const std::filesystem::path folder = named != nullptr ? named : "../shared/vectors";
  if (!std::filesystem::is_directory(folder)) {
    return std::nullopt;
  }
  return folder;
}

std::string read_file(const std::filesystem::path& path)
{
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace usher::testing
