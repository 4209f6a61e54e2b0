#include "base/secret.hpp"

#include <string.h>

namespace usher {

void Secret::wipe() noexcept
{
  explicit_bzero(bytes_.data(), bytes_.capacity());
  bytes_.clear();
}

}  // namespace usher
