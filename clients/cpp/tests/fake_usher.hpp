#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace usher::verify {

/// The part of Usher that verifiers talk to, on a loopback port, as honest or hostile as a test wants it.
class FakeUsher {
 public:
  struct Seen {
    std::string target;
    std::map<std::string, std::string> headers;  ///< names in lower case
  };
  struct Reply {
    int status{200};
    std::string body{};
    std::vector<std::string> headers{};
    bool stays_open{false};  ///< a stream: `body` is its beginning
  };
  using Handler = std::function<Reply(const Seen&)>;

  explicit FakeUsher(Handler handler);
  FakeUsher(const FakeUsher&) = delete;
  FakeUsher& operator=(const FakeUsher&) = delete;
  ~FakeUsher();

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  /// To every open stream.
  void push(const std::string& bytes);
  void cut_streams();
  std::size_t streams();
  /// How many requests began with this.
  int count(const std::string& target_prefix);
  std::vector<Seen> seen();

 private:
  void accept_all();
  void serve(int client);

  Handler handler_;
  int listener_{-1};
  int port_{0};
  std::mutex mutex_;
  std::vector<Seen> seen_;
  std::vector<int> streams_;
  std::vector<std::thread> workers_;
  std::thread acceptor_;
};

/// One event of the stream.
std::string event_of(const std::string& statement);

}  // namespace usher::verify
