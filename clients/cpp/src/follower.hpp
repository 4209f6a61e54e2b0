#pragma once

#include "event_reader.hpp"
#include "feed.hpp"
#include "http.hpp"
#include "key_store.hpp"
#include "usher_verify.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace usher::verify {

/// The one background thread: fetches keys, listens to the stream, asks where the stream leaves a gap. At
/// most one request of each kind is under way, so a key that a thousand threads wait for is fetched once.
class Follower {
 public:
  using Steady = std::chrono::steady_clock::time_point;

  /// All three must outlive it.
  Follower(const Settings& settings, KeyStore& keys, Feed& feed);
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;
  ~Follower();

  void stop() noexcept;

  /// Waits until `holds`, which is asked again whenever there is news. False at the deadline, or when
  /// stopped.
  bool wait(Steady deadline, const std::function<bool()>& holds);

 private:
  enum class Source { answer, stream };
  struct Heard {
    std::string jws;
    Source source;
  };

  void run();
  void step();
  void start_what_is_due(Steady now);
  void start_keys(Steady now);
  void start_stream(Steady now);
  void start_ask(Steady now);
  void finish_what_ended();
  void keys_ended(const Answer& answer, Steady now);
  void ask_ended(const Answer& answer, Steady now);
  void stream_ended(const Answer& answer, Steady now);

  bool read_stream(std::string_view bytes);
  Feed::Taken take(Heard heard);
  void stream_is_good();
  void take_held();
  void announce();

  bool must_ask() const;
  Steady next_due() const;
  Moment now() const;
  std::chrono::nanoseconds jittered(std::chrono::nanoseconds pause);

  const Settings& settings_;
  KeyStore& keys_;
  Feed& feed_;
  HttpOptions options_;
  std::unique_ptr<CURLM, MultiFree> multi_;
  Transfer key_request_;
  Transfer ask_;
  Transfer stream_;
  EventReader events_;

  std::string keys_etag_;
  std::string asked_url_;
  std::string asked_etag_;   ///< of the last answer from asked_url_
  std::vector<Heard> held_;  ///< statements whose key is being fetched
  Steady ask_at_;
  Steady stream_at_;
  Steady last_good_{};            ///< when the stream last brought something newer,
  std::int64_t stream_heard_{0};  ///< and when that was signed
  std::chrono::nanoseconds backoff_;
  bool streaming_{false};
  std::minstd_rand random_;

  std::mutex news_mutex_;
  std::condition_variable news_;
  std::atomic<bool> stopping_{false};
  std::mutex stop_mutex_;  ///< close() and the destructor may meet
  std::thread thread_;
};

}  // namespace usher::verify
