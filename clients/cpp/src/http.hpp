#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace usher::verify {

/// What is the same for every request to one service.
struct HttpOptions {
  std::chrono::milliseconds timeout{5000};
  std::string ca_file{};
  std::string user{};
  std::string password{};
};

struct Request {
  std::string url;
  std::vector<std::string> headers{};
  bool with_credentials{false};
  bool unending{false};  ///< a stream: only connecting has a time limit
  bool compressed{false};
  std::size_t bytes_max{1024UL * 1024};
  std::string media_type{};  ///< what the bytes for `on_bytes` must be
  /// Sees the bytes as they come, of a 200 only; false ends the transfer. Without it they are collected.
  std::function<bool(std::string_view)> on_bytes{};
};

struct Answer {
  int status{0};  ///< 0: there was none, or not a whole one
  std::string body{};
  std::string etag{};
  std::string cache_control{};
  std::chrono::seconds retry_after{0};
};

struct EasyFree {
  void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};
struct MultiFree {
  void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
};
struct ListFree {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};

/// One request at a time, on a connection that is kept. Redirects are not followed: a key set has one
/// address.
class Transfer {
 public:
  Transfer(CURLM* multi, const HttpOptions& options);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer();

  void start(Request request);
  /// Takes it off, whatever has come.
  void cancel();
  /// To be called with what curl says has ended.
  Answer finish(CURLcode result);

  bool is_running() const noexcept { return running_; }
  bool is(const CURL* easy) const noexcept { return easy_.get() == easy; }

 private:
  static std::size_t write(char* bytes, std::size_t size, std::size_t count, void* self);
  std::size_t take(std::string_view bytes);
  bool is_as_wanted() const;
  std::string header(const char* name) const;
  int status() const;

  CURLM* multi_;
  const HttpOptions& options_;
  std::unique_ptr<CURL, EasyFree> easy_;
  std::unique_ptr<curl_slist, ListFree> headers_;
  Request request_;
  std::string body_;
  bool running_{false};
};

}  // namespace usher::verify
