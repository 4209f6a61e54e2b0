// The HTTP yardstick: an epoll loop that finds the blank line and sends ready bytes. No parser, no routes, no
// work; a server that spends k times this much CPU on a request is k times as far from the metal.
//
//   epoll_constant PORT [THREADS]

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

constexpr std::string_view blank_line = "\r\n\r\n";

[[noreturn]] void stop(const char* doing)
{
  std::perror(doing);
  std::exit(1);
}

/// A user with an address, 365 bytes: what a profile look-up answers.
std::string constant_answer()
{
  std::string body =
      R"({"id":42,"name":"Ada Lovelace","email":"ada.lovelace42@example.com","age":36,"role":"USER",)"
      R"("created_at":"2026-05-01T12:34:56Z","updated_at":"2026-05-01T12:34:56Z","addresses":[{"id":7,)"
      R"("label":"home","address_line_1":"12 St James's Square","address_line_2":"","city":"Bengaluru",)"
      R"("state":"KA","pin":560001,"country":"IN","created_at":"2026-05-01T12:34:56Z"}]})";
  body.resize(std::max<std::size_t>(body.size(), 365), ' ');
  return "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: application/json\r\n"
         "Cache-Control: no-store\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

int listen_on(std::uint16_t port)
{
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener, 4096) != 0) {
    stop("listen");
  }
  return listener;
}

void watch(int poll, int descriptor)
{
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = descriptor;
  if (epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event) != 0) {
    stop("epoll_ctl");
  }
}

void accept_all(int poll, int listener)
{
  const int on = 1;
  for (int client = 0; (client = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    watch(poll, client);
  }
}

/// Load tools send a request in one piece, so one that ends in a blank line is whole.
void answer(int client, std::string_view constant)
{
  std::array<char, 16384> buffer{};
  const ssize_t got = recv(client, buffer.data(), buffer.size(), 0);
  if (got <= 0) {
    if (got == 0 || errno != EAGAIN) {
      close(client);
    }
    return;
  }
  if (std::string_view{buffer.data(), static_cast<std::size_t>(got)}.ends_with(blank_line)) {
    (void)!send(client, constant.data(), constant.size(), MSG_NOSIGNAL);
  }
}

void serve(std::uint16_t port, std::string_view constant)
{
  const int listener = listen_on(port);
  const int poll = epoll_create1(EPOLL_CLOEXEC);
  watch(poll, listener);
  std::array<epoll_event, 512> events{};
  while (true) {
    const int ready = epoll_wait(poll, events.data(), static_cast<int>(events.size()), -1);
    for (int at = 0; at < ready; ++at) {
      const int descriptor = events[static_cast<std::size_t>(at)].data.fd;
      if (descriptor == listener) {
        accept_all(poll, listener);
      } else {
        answer(descriptor, constant);
      }
    }
  }
}

int number(const char* text, int highest)
{
  int value = 0;
  const auto [end, failed] = std::from_chars(text, text + std::strlen(text), value);
  if (failed != std::errc{} || *end != '\0' || value < 1 || value > highest) {
    std::fprintf(stderr, "usage: epoll_constant PORT [THREADS]\n");
    std::exit(2);
  }
  return value;
}

}  // namespace

int main(int argc, char** argv)
{
  const auto port = static_cast<std::uint16_t>(number(argc > 1 ? argv[1] : "", 65535));
  const int threads = argc > 2 ? number(argv[2], 1024) : 1;
  const std::string constant = constant_answer();
  std::vector<std::thread> others;
  for (int at = 1; at < threads; ++at) {
    others.emplace_back([&] { serve(port, constant); });
  }
  serve(port, constant);
}
