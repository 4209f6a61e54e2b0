#include "app/descriptors.hpp"

#include <sys/resource.h>

namespace usher::app {

std::size_t raise_descriptor_limit() noexcept
{
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return 0;
  }
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  const bool raised = before == limit.rlim_max || ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
  return static_cast<std::size_t>(raised ? limit.rlim_cur : before);
}

}  // namespace usher::app
