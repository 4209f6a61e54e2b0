// Load for POST /api/refresh: every connection has its own session and, like a client, goes on with the
// refresh token of the last answer; or with the same one for ever, as a client that never gets to read the
// answer.
//
//   refresh_load PORT SECONDS rotate|replay < tokens      (one refresh token a line, one connection each)
//
// Afterwards the newest tokens are on standard output, and the figures on standard error.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void stop(const std::string& why)
{
  std::fprintf(stderr, "refresh_load: %s\n", why.c_str());
  std::exit(1);
}

struct Client {
  int socket{-1};
  std::string token;
  std::string answer;
  Clock::time_point asked;
};

struct Run {
  bool rotates{true};
  std::vector<double> took_us;
};

int connected(std::uint16_t port)
{
  const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    stop("cannot connect");
  }
  const int on = 1;
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return client;
}

void ask(Client& client)
{
  const std::string request = "POST /api/refresh HTTP/1.1\r\nHost: usher\r\nAuthorization: Bearer " +
                              client.token + "\r\nContent-Length: 0\r\n\r\n";
  client.answer.clear();
  client.asked = Clock::now();
  if (send(client.socket, request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size())) {
    stop("cannot send");
  }
}

/// True when the answer is whole: the body is one JSON object.
bool read_some(Client& client)
{
  std::array<char, 8192> buffer{};
  const ssize_t got = recv(client.socket, buffer.data(), buffer.size(), 0);
  if (got <= 0) {
    stop("the connection was closed");
  }
  client.answer.append(buffer.data(), static_cast<std::size_t>(got));
  return client.answer.ends_with("}");
}

void take(Client& client, Run& run)
{
  constexpr std::string_view name = "\"refresh_token\":\"";
  const std::size_t begin = client.answer.find(name);
  if (!client.answer.starts_with("HTTP/1.1 200") || begin == std::string::npos) {
    stop("refused: " + client.answer);
  }
  run.took_us.push_back(std::chrono::duration<double, std::micro>{Clock::now() - client.asked}.count());
  if (run.rotates) {
    const std::size_t first = begin + name.size();
    client.token = client.answer.substr(first, client.answer.find('"', first) - first);
  }
}

void serve(std::vector<Client>& clients, Run& run, std::chrono::seconds length)
{
  const int poll = epoll_create1(EPOLL_CLOEXEC);
  for (std::size_t at = 0; at < clients.size(); ++at) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = at;
    epoll_ctl(poll, EPOLL_CTL_ADD, clients[at].socket, &event);
    ask(clients[at]);
  }
  std::array<epoll_event, 256> events{};
  const auto end = Clock::now() + length;
  std::size_t open = clients.size();
  while (open > 0) {
    const int ready = epoll_wait(poll, events.data(), static_cast<int>(events.size()), 10'000);
    if (ready <= 0) {
      stop("no answer for ten seconds");
    }
    for (int at = 0; at < ready; ++at) {
      Client& client = clients[events[static_cast<std::size_t>(at)].data.u64];
      if (!read_some(client)) {
        continue;
      }
      take(client, run);
      if (Clock::now() < end) {
        ask(client);
      } else {
        --open;
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv)
{
  if (argc != 4) {
    stop("usage: refresh_load PORT SECONDS rotate|replay < tokens");
  }
  const auto port = static_cast<std::uint16_t>(std::atoi(argv[1]));
  const std::chrono::seconds length{std::max(1L, std::strtol(argv[2], nullptr, 10))};
  Run run{.rotates = std::string_view{argv[3]} == "rotate", .took_us = {}};
  std::vector<Client> clients;
  for (std::string token; std::getline(std::cin, token);) {
    clients.push_back({.socket = connected(port), .token = token, .answer = {}, .asked = {}});
  }
  const auto start = Clock::now();
  serve(clients, run, length);
  const std::chrono::duration<double> took = Clock::now() - start;
  for (const Client& client : clients) {
    std::cout << client.token << '\n';
    close(client.socket);
  }
  std::ranges::sort(run.took_us);
  std::fprintf(
      stderr,
      "%zu requests, %.0f/s, p50 %.0f us, p99 %.0f us\n",
      run.took_us.size(),
      static_cast<double>(run.took_us.size()) / took.count(),
      run.took_us[run.took_us.size() / 2],
      run.took_us[run.took_us.size() * 99 / 100]
  );
}
