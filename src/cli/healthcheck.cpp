#include "cli/healthcheck.hpp"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

namespace usher::cli {
namespace {

constexpr int patience_s = 5;

/// A connection with one owner; -1 when there is none.
class Connection {
 public:
  explicit Connection(const addrinfo& where) : fd_{::socket(where.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0)}
  {
    if (fd_ < 0) {
      return;
    }
    const timeval patience{.tv_sec = patience_s, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (::connect(fd_, where.ai_addr, where.ai_addrlen) != 0) {
      trouble_ = errno;
    }
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection()
  {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }

  /// 0 when it is connected, else errno.
  int trouble() const noexcept { return fd_ < 0 ? EMFILE : trouble_; }

  std::string ask(const std::string& request) const
  {
    if (::send(fd_, request.data(), request.size(), MSG_NOSIGNAL) < 0) {
      return {};
    }
    std::array<char, 64> answer{};
    const auto length = ::recv(fd_, answer.data(), answer.size(), 0);
    return {answer.data(), static_cast<std::size_t>(length > 0 ? length : 0)};
  }

 private:
  int fd_;
  int trouble_{0};
};

/// What listens on every address is asked on this machine's own.
std::string reachable(const std::string& host)
{
  if (host == "0.0.0.0") {
    return "127.0.0.1";
  }
  if (host == "[::]") {
    return "::1";
  }
  return host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
}

}  // namespace

std::string problem_with_server(const std::string& endpoint, bool tls)
{
  const std::size_t colon = endpoint.rfind(':');
  if (colon == std::string::npos) {
    return "\"" + endpoint + "\" is not HOST:PORT";
  }
  const std::string host = reachable(endpoint.substr(0, colon));
  const std::string port = endpoint.substr(colon + 1);
  const addrinfo hints{.ai_flags = AI_NUMERICSERV, .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) {
    return "no address of \"" + host + "\" is known";
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> kept{found, ::freeaddrinfo};
  const Connection connection{*found};
  if (connection.trouble() != 0) {
    return "nothing answers at " + endpoint + " (" + std::generic_category().message(connection.trouble()) +
           ")";
  }
  if (tls) {
    return {};
  }
  const std::string answer =
      connection.ask("GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  if (answer.starts_with("HTTP/1.1 200")) {
    return {};
  }
  return answer.empty() ? "no answer from " + endpoint : "not ready: " + answer.substr(0, answer.find('\r'));
}

}  // namespace usher::cli
