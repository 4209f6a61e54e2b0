#include "app/notify.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>

namespace usher::app {

void notify_supervisor(std::string_view state) noexcept
{
  const char* const path =
      std::getenv("NOTIFY_SOCKET");  // NOLINT(concurrency-mt-unsafe): nobody calls setenv
  sockaddr_un address{};
  const std::string_view name{path == nullptr ? "" : path};
  if (name.size() < 2 || name.size() >= sizeof(address.sun_path)) {
    return;
  }
  address.sun_family = AF_UNIX;
  std::ranges::copy(name, std::begin(address.sun_path));
  if (name.front() == '@') {
    address.sun_path[0] = '\0';  // the abstract name space
  }
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    return;
  }
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): that is how the sockets API takes addresses
  const auto* const where = reinterpret_cast<const sockaddr*>(&address);
  (void)::sendto(fd, state.data(), state.size(), MSG_NOSIGNAL, where, length);
  ::close(fd);
}

}  // namespace usher::app
