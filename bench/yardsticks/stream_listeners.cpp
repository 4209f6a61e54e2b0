// Many listeners of /api/revocations/stream in one process, as cheap as they can be, so that the time
// measured is the server's. For each line on its standard input it waits until every listener has an event
// newer than the last, and prints when the first and the last of them had it, in nanoseconds of
// CLOCK_MONOTONIC.
//
//   stream_listeners PORT COUNT

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::string_view request =
    "GET /api/revocations/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n";
constexpr int wait_ms_max = 60'000;

struct Listener {
  int socket{-1};
  std::string line{};     ///< what has come of the line under way
  std::int64_t seen{-1};  ///< the newest event's id
};

[[noreturn]] void stop(const char* doing)
{
  std::perror(doing);
  std::exit(1);
}

std::int64_t now_ns()
{
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

void allow_sockets()
{
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int connect_to(std::uint16_t port)
{
  const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (client < 0 || connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    stop("connect");
  }
  if (send(client, request.data(), request.size(), 0) != static_cast<ssize_t>(request.size())) {
    stop("send");
  }
  return client;
}

/// True when the listener has got an event newer than the one it had.
bool take(Listener& listener, std::string_view bytes)
{
  bool newer = false;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    listener.line += bytes.substr(0, end);
    if (end == std::string_view::npos) {
      break;
    }
    if (listener.line.starts_with("id: ")) {
      std::int64_t id = 0;
      std::from_chars(listener.line.data() + 4, listener.line.data() + listener.line.size(), id);
      newer = newer || id > listener.seen;
      listener.seen = std::max(listener.seen, id);
    }
    listener.line.clear();
    bytes.remove_prefix(end + 1);
  }
  return newer;
}

class Crowd {
 public:
  Crowd(std::uint16_t port, std::size_t count) : listeners_(count)
  {
    for (Listener& listener : listeners_) {
      listener.socket = connect_to(port);
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.ptr = &listener;
      if (epoll_ctl(poll_, EPOLL_CTL_ADD, listener.socket, &event) != 0) {
        stop("epoll_ctl");
      }
    }
  }

  /// Waits until everyone has something newer.
  void await_all()
  {
    std::size_t waiting = listeners_.size();
    std::int64_t first = 0;
    while (waiting > 0) {
      const int count = epoll_wait(poll_, events_.data(), static_cast<int>(events_.size()), wait_ms_max);
      if (count <= 0) {
        stop("an event did not come");
      }
      for (int i = 0; i < count; ++i) {
        waiting -= read(*static_cast<Listener*>(events_.at(static_cast<std::size_t>(i)).data.ptr)) ? 1 : 0;
        first = first == 0 ? now_ns() : first;
      }
    }
    std::cout << first << ' ' << now_ns() << std::endl;
  }

 private:
  bool read(Listener& listener)
  {
    const ssize_t got = recv(listener.socket, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (got <= 0) {
      stop("a listener was cut off");
    }
    return take(listener, {buffer_.data(), static_cast<std::size_t>(got)});
  }

  int poll_{epoll_create1(EPOLL_CLOEXEC)};
  std::vector<Listener> listeners_;
  std::array<epoll_event, 512> events_{};
  std::array<char, 16384> buffer_{};
};

}  // namespace

int main(int count, char** words)
{
  if (count != 3) {
    std::fputs("usage: stream_listeners PORT COUNT\n", stderr);
    return 64;
  }
  allow_sockets();
  Crowd crowd{
      static_cast<std::uint16_t>(std::strtoul(words[1], nullptr, 10)), std::strtoul(words[2], nullptr, 10)
  };
  crowd.await_all();  // the first event comes at once
  for (std::string line; std::getline(std::cin, line);) {
    crowd.await_all();
  }
  return 0;
}
