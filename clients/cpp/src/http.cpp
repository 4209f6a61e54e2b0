#include "http.hpp"

#include <algorithm>
#include <new>
#include <stdexcept>
#include <utility>

namespace usher::verify {
namespace {

constexpr curl_off_t retry_after_max_s = 60;

/// curl takes a number as a long, and not as anything else.
long milliseconds_of(std::chrono::milliseconds time)  // NOLINT(google-runtime-int)
{
  return static_cast<long>(time.count());  // NOLINT(google-runtime-int)
}

template <class Value>
void set(CURL* easy, CURLoption option, Value value)
{
  if (curl_easy_setopt(easy, option, value) == CURLE_OUT_OF_MEMORY) {
    throw std::bad_alloc{};
  }
}

}  // namespace

Transfer::Transfer(CURLM* multi, const HttpOptions& options)
    : multi_{multi}, options_{options}, easy_{curl_easy_init()}
{
  if (!easy_) {
    throw std::runtime_error{"libcurl has no memory"};
  }
}

Transfer::~Transfer()
{
  cancel();
}

void Transfer::start(Request request)
{
  request_ = std::move(request);
  body_.clear();
  headers_.reset();
  for (const std::string& line : request_.headers) {
    headers_.reset(curl_slist_append(headers_.release(), line.c_str()));
  }
  CURL* const easy = easy_.get();
  curl_easy_reset(easy);
  set(easy, CURLOPT_URL, request_.url.c_str());
  set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy, CURLOPT_NOSIGNAL, 1L);  // signals and threads do not mix
  set(easy, CURLOPT_USERAGENT, "usher-verify-cpp/1");
  set(easy, CURLOPT_HTTPHEADER, headers_.get());
  set(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds_of(options_.timeout));
  set(easy, CURLOPT_TIMEOUT_MS, request_.unending ? 0L : milliseconds_of(options_.timeout));
  set(easy, CURLOPT_WRITEFUNCTION, &Transfer::write);
  set(easy, CURLOPT_WRITEDATA, static_cast<void*>(this));
  if (request_.compressed) {
    set(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
  }
  if (!options_.ca_file.empty()) {
    set(easy, CURLOPT_CAINFO, options_.ca_file.c_str());
  }
  if (request_.with_credentials && !options_.user.empty()) {
    set(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    set(easy, CURLOPT_USERNAME, options_.user.c_str());
    set(easy, CURLOPT_PASSWORD, options_.password.c_str());
  }
  if (curl_multi_add_handle(multi_, easy) != CURLM_OK) {
    throw std::bad_alloc{};  // the only way in which a fresh handle can fail
  }
  running_ = true;
}

void Transfer::cancel()
{
  if (std::exchange(running_, false)) {
    curl_multi_remove_handle(multi_, easy_.get());
  }
}

Answer Transfer::finish(CURLcode result)
{
  cancel();
  curl_off_t wait = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RETRY_AFTER, &wait);
  return {
      .status = result == CURLE_OK ? status() : 0,
      .body = std::move(body_),
      .etag = header("ETag"),
      .cache_control = header("Cache-Control"),
      .retry_after = std::chrono::seconds{std::clamp(wait, curl_off_t{0}, retry_after_max_s)}
  };
}

std::size_t Transfer::write(char* bytes, std::size_t /*size*/, std::size_t count, void* self)
{
  return static_cast<Transfer*>(self)->take({bytes, count});
}

/// Bytes as they are after decompression, so that a small answer cannot grow without bound. Anything but the
/// number of bytes ends the transfer.
std::size_t Transfer::take(std::string_view bytes)
try {
  constexpr std::size_t stop = 0;
  if (request_.on_bytes) {
    return is_as_wanted() && request_.on_bytes(bytes) ? bytes.size() : stop;
  }
  if (body_.size() + bytes.size() > request_.bytes_max) {
    return stop;
  }
  body_ += bytes;
  return bytes.size();
} catch (const std::bad_alloc&) {
  return 0;  // through curl's C no exception may pass
}

/// RFC 9110 section 8.3.1: the case does not matter, and parameters may follow.
bool Transfer::is_as_wanted() const
{
  const std::string type = header("Content-Type");
  const std::string_view essence = std::string_view{type}.substr(0, type.find_first_of("; \t"));
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return status() == 200 && std::ranges::equal(essence, request_.media_type, {}, lower);
}

std::string Transfer::header(const char* name) const
{
  curl_header* found = nullptr;
  return curl_easy_header(easy_.get(), name, 0, CURLH_HEADER, -1, &found) == CURLHE_OK ? found->value : "";
}

int Transfer::status() const
{
  long code = 0;  // NOLINT(google-runtime-int): curl's own type
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &code);
  return static_cast<int>(code);
}

}  // namespace usher::verify
