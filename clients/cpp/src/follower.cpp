#include "follower.hpp"

#include <algorithm>
#include <new>
#include <stdexcept>
#include <utility>

namespace usher::verify {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

constexpr seconds backoff_min{1};
constexpr seconds backoff_max{10};
constexpr seconds poll_longest{1};  ///< how long the loop may sleep when nothing is due
/// Older than three heartbeats: whatever the stream looks like, ask.
constexpr seconds quiet_max{15};
/// A set of more than a million entries. A document of keys is a thousandth of it.
constexpr std::size_t statement_bytes_max = 64UL * 1024 * 1024;
constexpr std::size_t jwks_bytes_max = 256UL * 1024;
constexpr std::size_t held_max = 4;

/// curl must be set up once per process, before its first use.
CURLM* make_multi()
{
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  CURLM* const multi = ready == CURLE_OK ? curl_multi_init() : nullptr;
  if (multi == nullptr) {
    throw std::runtime_error{"libcurl cannot be started"};
  }
  return multi;
}

HttpOptions http_options(const Settings& settings)
{
  return {
      .timeout = settings.http_timeout,
      .ca_file = settings.ca_file,
      .user = settings.client_id,
      .password = settings.client_secret
  };
}

std::string without_line_end(std::string_view text)
{
  const std::size_t last = text.find_last_not_of("\r\n");
  return std::string{text.substr(0, last == std::string_view::npos ? 0 : last + 1)};
}

}  // namespace

Follower::Follower(const Settings& settings, KeyStore& keys, Feed& feed)
    : settings_{settings},
      keys_{keys},
      feed_{feed},
      options_{http_options(settings)},
      multi_{make_multi()},
      key_request_{multi_.get(), options_},
      ask_{multi_.get(), options_},
      stream_{multi_.get(), options_},
      events_{statement_bytes_max},
      ask_at_{steady_clock::now()},
      stream_at_{ask_at_},
      backoff_{backoff_min},
      random_{std::random_device{}()},
      thread_{[this] { run(); }}
{
}

Follower::~Follower()
{
  stop();
}

void Follower::stop() noexcept
{
  const std::lock_guard lock{stop_mutex_};
  stopping_ = true;
  curl_multi_wakeup(multi_.get());
  announce();
  if (thread_.joinable()) {
    thread_.join();
  }
}

bool Follower::wait(Steady deadline, const std::function<bool()>& holds)
{
  bool held = holds();  // which may have made something due
  if (held) {
    return true;
  }
  curl_multi_wakeup(multi_.get());
  std::unique_lock lock{news_mutex_};
  news_.wait_until(lock, deadline, [&] {
    held = holds();
    return held || stopping_;
  });
  return held;
}

void Follower::run()
{
  while (!stopping_) {
    try {
      step();
    } catch (const std::bad_alloc&) {
      // Let go of everything and try again; until that works the set grows stale, which refuses.
      held_.clear();
      stream_.cancel();
      ask_.cancel();
      key_request_.cancel();
      keys_.fetch_failed(steady_clock::now());
      curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(milliseconds{backoff_min}.count()), nullptr);
    }
  }
  feed_.set_streaming(false);
}

void Follower::step()
{
  start_what_is_due(steady_clock::now());
  int running = 0;
  curl_multi_perform(multi_.get(), &running);
  finish_what_ended();
  const auto idle = std::chrono::ceil<milliseconds>(next_due() - steady_clock::now());
  const auto pause = std::clamp(idle, milliseconds{0}, milliseconds{poll_longest});
  curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(pause.count()), nullptr);
}

void Follower::start_what_is_due(Steady now)
{
  if (!key_request_.is_running() && keys_.fetch_is_due(now)) {
    start_keys(now);
  }
  if (stream_.is_running() && now - last_good_ > settings_.stream_silence) {
    stream_.cancel();
    stream_ended({}, now);
  }
  if (settings_.stream && !stream_.is_running() && now >= stream_at_) {
    start_stream(now);
  }
  if (!ask_.is_running() && now >= ask_at_ && must_ask()) {
    start_ask(now);
  }
}

void Follower::start_keys(Steady now)
{
  keys_.fetch_begins(now);
  // A cache on the way must not answer for a key that is newer than it.
  Request request{
      .url = settings_.url + "/.well-known/jwks.json",
      .headers = {"Accept: application/jwk-set+json, application/json;q=0.9", "Cache-Control: no-cache"},
      .compressed = true,
      .bytes_max = jwks_bytes_max
  };
  if (!keys_etag_.empty()) {
    request.headers.push_back("If-None-Match: " + keys_etag_);
  }
  key_request_.start(std::move(request));
}

void Follower::start_stream(Steady now)
{
  last_good_ = now;
  stream_heard_ = 0;
  events_ = EventReader{statement_bytes_max};
  Request request{
      .url = settings_.url + "/api/revocations/stream",
      .headers = {"Accept: text/event-stream", "Cache-Control: no-cache"},
      .with_credentials = true,
      .unending = true,
      .media_type = "text/event-stream",
      .on_bytes = [this](std::string_view bytes) { return read_stream(bytes); }
  };
  if (feed_.missing() == RevocationSet::Missing::nothing) {
    request.headers.push_back("Last-Event-ID: " + std::to_string(feed_.have()));
  }
  stream_.start(std::move(request));
}

void Follower::start_ask(Steady now)
{
  ask_at_ = now + jittered(settings_.poll_every);
  Request request{
      .url = settings_.url + "/api/revocations",
      .headers = {"Accept: application/jwt"},
      .with_credentials = true,
      .compressed = true,
      .bytes_max = statement_bytes_max
  };
  if (feed_.missing() != RevocationSet::Missing::all) {
    request.url += "?since=" + std::to_string(feed_.have());
  }
  if (request.url == asked_url_ && !asked_etag_.empty()) {
    request.headers.push_back("If-None-Match: " + asked_etag_);
  }
  asked_url_ = request.url;
  ask_.start(std::move(request));
}

void Follower::finish_what_ended()
{
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) {
      continue;
    }
    const CURL* const easy = message->easy_handle;
    const CURLcode result = message->data.result;  // NOLINT(*-union-access): curl's own
    const Steady now = steady_clock::now();
    if (key_request_.is(easy)) {
      keys_ended(key_request_.finish(result), now);
    } else if (ask_.is(easy)) {
      ask_ended(ask_.finish(result), now);
    } else {
      stream_ended(stream_.finish(result), now);
    }
  }
}

void Follower::keys_ended(const Answer& answer, Steady now)
{
  const seconds max_age = max_age_of(answer.cache_control);
  auto set = answer.status == 200 ? parse_jwks(answer.body, Secrets::refused) : std::nullopt;
  if (set) {
    keys_.fetched(*set, max_age, now);
    keys_etag_ = answer.etag;
  } else if (answer.status == 304 && !keys_etag_.empty()) {
    keys_.unchanged(max_age, now);
  } else {
    keys_.fetch_failed(now);
  }
  take_held();
  announce();
}

void Follower::ask_ended(const Answer& answer, Steady now)
{
  ask_at_ = std::max<Steady>(ask_at_, now + answer.retry_after);
  // "Not changed" is not signed, so it proves nothing.
  if (answer.status != 304) {
    asked_etag_.clear();
  }
  if (answer.status != 200) {
    return;
  }
  const Feed::Taken taken = take({.jws = without_line_end(answer.body), .source = Source::answer});
  if (taken == Feed::Taken::newest || taken == Feed::Taken::older) {
    asked_etag_ = answer.etag;
  }
}

void Follower::stream_ended(const Answer& answer, Steady now)
{
  streaming_ = false;
  feed_.set_streaming(false);
  stream_at_ = now + std::max<nanoseconds>(jittered(backoff_), answer.retry_after);
  backoff_ = std::min<nanoseconds>(backoff_ * 2, backoff_max);
}

bool Follower::read_stream(std::string_view bytes)
{
  for (Event& event : events_.feed(bytes)) {
    if (event.name == "revocations") {
      take({.jws = std::move(event.data), .source = Source::stream});
    }
  }
  if (events_.is_broken()) {
    feed_.count_refused();
  }
  return !events_.is_broken();
}

Feed::Taken Follower::take(Heard heard)
{
  const Feed::Taken taken = feed_.take(heard.jws, now());
  if (taken == Feed::Taken::newest && heard.source == Source::stream) {
    stream_is_good();
  }
  if (taken == Feed::Taken::later && held_.size() < held_max) {
    held_.push_back(std::move(heard));
  }
  announce();
  return taken;
}

/// Up is a stream that goes on telling how things stand now: one that repeats itself or the past, or says
/// what is not signed, is as good as down.
void Follower::stream_is_good()
{
  if (!stream_.is_running() || feed_.heard() <= stream_heard_) {
    return;
  }
  stream_heard_ = feed_.heard();
  last_good_ = steady_clock::now();
  backoff_ = backoff_min;
  streaming_ = true;
  feed_.set_streaming(true);
}

/// One whose key is still not here is dropped; the next statement will show what is missing.
void Follower::take_held()
{
  for (Heard& heard : std::exchange(held_, {})) {
    take(std::move(heard));
  }
  held_.clear();
}

void Follower::announce()
{
  // Whoever is about to wait either sees what changed, or is already waiting.
  {
    const std::lock_guard lock{news_mutex_};
  }
  news_.notify_all();
}

bool Follower::must_ask() const
{
  const auto age = feed_.age(now());
  return !streaming_ || feed_.missing() != RevocationSet::Missing::nothing || !age || *age > quiet_max;
}

Follower::Steady Follower::next_due() const
{
  Steady due = keys_.next_fetch();
  if (stream_.is_running()) {
    due = std::min<Steady>(due, last_good_ + settings_.stream_silence);
  } else if (settings_.stream) {
    due = std::min(due, stream_at_);
  }
  if (!ask_.is_running() && must_ask()) {
    due = std::min(due, ask_at_);
  }
  return due;
}

Moment Follower::now() const
{
  return {
      .wall = settings_.clock ? settings_.clock() : std::chrono::system_clock::now(),
      .steady = steady_clock::now()
  };
}

nanoseconds Follower::jittered(nanoseconds pause)
{
  std::uniform_real_distribution<double> factor{0.8, 1.2};
  return std::chrono::duration_cast<nanoseconds>(pause * factor(random_));
}

}  // namespace usher::verify
