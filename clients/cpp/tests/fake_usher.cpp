#include "fake_usher.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace usher::verify {
namespace {

std::string read_head(int client)
{
  std::string head;
  char byte = 0;
  while (!head.ends_with("\r\n\r\n") && recv(client, &byte, 1, 0) == 1) {
    head += byte;
  }
  return head;
}

FakeUsher::Seen parse(const std::string& head)
{
  FakeUsher::Seen seen;
  std::istringstream lines{head};
  std::string method;
  lines >> method >> seen.target;
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line) && line.find(':') != std::string::npos) {
    std::string name = line.substr(0, line.find(':'));
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
      return static_cast<char>(std::tolower(c));
    });
    std::string value = line.substr(line.find(':') + 2);
    value.erase(value.find_last_not_of("\r\n") + 1);
    seen.headers.emplace(std::move(name), std::move(value));
  }
  return seen;
}

void send_all(int client, std::string_view bytes)
{
  while (!bytes.empty()) {
    const auto sent = send(client, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

}  // namespace

FakeUsher::FakeUsher(Handler handler)
    : handler_{std::move(handler)}, listener_{socket(AF_INET, SOCK_STREAM, 0)}
{
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const where = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, where, size) != 0 || listen(listener_, 64) != 0 ||
      getsockname(listener_, where, &size) != 0) {
    throw std::runtime_error{"no loopback port"};
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread{[this] { accept_all(); }};
}

FakeUsher::~FakeUsher()
{
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  close(listener_);
  cut_streams();
  for (std::thread& worker : workers_) {
    worker.join();
  }
}

void FakeUsher::push(const std::string& bytes)
{
  const std::lock_guard lock{mutex_};
  for (const int stream : streams_) {
    send_all(stream, bytes);
  }
}

void FakeUsher::cut_streams()
{
  const std::lock_guard lock{mutex_};
  for (const int stream : std::exchange(streams_, {})) {
    shutdown(stream, SHUT_RDWR);
    close(stream);
  }
}

std::size_t FakeUsher::streams()
{
  const std::lock_guard lock{mutex_};
  return streams_.size();
}

int FakeUsher::count(const std::string& target_prefix)
{
  const std::lock_guard lock{mutex_};
  return static_cast<int>(std::count_if(seen_.begin(), seen_.end(), [&](const Seen& seen) {
    return seen.target.starts_with(target_prefix);
  }));
}

std::vector<FakeUsher::Seen> FakeUsher::seen()
{
  const std::lock_guard lock{mutex_};
  return seen_;
}

void FakeUsher::accept_all()
{
  for (int client = 0; (client = accept(listener_, nullptr, nullptr)) >= 0;) {
    const std::lock_guard lock{mutex_};
    workers_.emplace_back([this, client] { serve(client); });
  }
}

void FakeUsher::serve(int client)
{
  const Seen seen = parse(read_head(client));
  {
    const std::lock_guard lock{mutex_};
    seen_.push_back(seen);
  }
  const Reply reply = handler_(seen);
  std::string head = "HTTP/1.1 " + std::to_string(reply.status) + " x\r\nConnection: close\r\n";
  for (const std::string& line : reply.headers) {
    head += line + "\r\n";
  }
  if (!reply.stays_open) {
    head += "Content-Length: " + std::to_string(reply.status == 304 ? 0 : reply.body.size()) + "\r\n";
  }
  const std::string bytes = head + "\r\n" + (reply.status == 304 ? "" : reply.body);
  if (!reply.stays_open) {
    send_all(client, bytes);
    close(client);
    return;
  }
  // Whoever has seen its beginning finds it among the open ones.
  const std::lock_guard lock{mutex_};
  streams_.push_back(client);
  send_all(client, bytes);
}

std::string event_of(const std::string& statement)
{
  return "id: 1\nevent: revocations\ndata: " + statement + "\n\n";
}

}  // namespace usher::verify
