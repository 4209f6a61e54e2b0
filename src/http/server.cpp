#include "http/server.hpp"

#include "base/fault.hpp"
#include "http/listen.hpp"
#include "http/loop.hpp"

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

namespace usher::http {
namespace {

std::size_t thread_count(const Options& options)
{
  return options.threads != 0 ? options.threads : std::max(std::thread::hardware_concurrency(), 1U);
}

ReceiverLimits limits_of(const Options& options)
{
  return {
      .head =
          {.head_bytes_max = options.head_bytes_max,
           .header_count_max = options.header_count_max,
           .target_bytes_max = options.target_bytes_max},
      .body_bytes_max = options.body_bytes_max,
  };
}

std::shared_ptr<const crypto::TlsContext> load_tls(const Options& options)
{
  if (options.tls_cert.empty()) {
    throw Fault{"tls.key is set but tls.cert is not; set both, or neither for plain HTTP"};
  }
  if (options.tls_key.empty()) {
    throw Fault{"tls.cert is set but tls.key is not; set both, or neither for plain HTTP"};
  }
  return std::make_shared<const crypto::TlsContext>(options.tls_cert, options.tls_key);
}

}  // namespace

class Server::Impl {
 public:
  Impl(Options options, MakeSite make_site, log::Logger& log, metrics::Registry& metrics, const Clock& clock)
      : options_{std::move(options)},
        make_site_{std::move(make_site)},
        common_{
            .options = options_,
            .log = log,
            .metrics = metrics,
            .clock = clock,
            .limits = limits_of(options_),
            .trusted = Networks{options_.trusted_proxies, "http.trusted_proxies"},
            .cors = Cors{options_.cors_origins},
        }
  {
    if (!options_.tls_cert.empty() || !options_.tls_key.empty()) {
      common_.tls.emplace(load_tls(options_));
    }
    for (std::size_t i = 0; i < thread_count(options_); ++i) {
      loops_.push_back(std::make_unique<Loop>(common_));
    }
    bind();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { drain(); }

  std::vector<std::string> urls() const { return urls_; }

  bool accepting() const noexcept { return accepting_.load(std::memory_order_relaxed); }

  void start();
  void drain();
  void reload_tls();

 private:
  void bind();
  std::exception_ptr start_threads();
  bool wait_empty(std::chrono::milliseconds longest);

  const Options options_;
  const MakeSite make_site_;
  Common common_;
  std::vector<std::string> urls_;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::atomic<bool> accepting_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t busy_loops_{0};
  bool drained_{false};
  std::vector<std::jthread> threads_;  // joined before the loops go
};

void Server::Impl::bind()
{
  for (const std::string& text : options_.listen) {
    Endpoint endpoint = parse_endpoint(text);
    check_free(endpoint);
    for (const auto& loop : loops_) {
      endpoint = loop->bind(endpoint);  // the first takes a free port for 0, the others share it
    }
    urls_.push_back(url_of(endpoint, common_.tls.has_value()));
  }
}

/// Null when every Site stands.
std::exception_ptr Server::Impl::start_threads()
{
  std::vector<std::future<std::exception_ptr>> outcomes;
  for (const auto& loop : loops_) {
    auto promise = std::make_shared<std::promise<std::exception_ptr>>();
    outcomes.push_back(promise->get_future());
    threads_.emplace_back([this, &loop = *loop, promise] {
      loop.run(make_site_, [&](const std::exception_ptr& failed) { promise->set_value(failed); });
    });
  }
  std::exception_ptr first;
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    const std::exception_ptr failed = outcomes[i].get();
    busy_loops_ += failed ? 0 : 1;
    first = first ? first : failed;
  }
  return first;
}

void Server::Impl::start()
{
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes with write(2)
  if (const std::exception_ptr failed = start_threads()) {
    drain();
    std::rethrow_exception(failed);
  }
  std::vector<std::future<void>> opened;
  for (const auto& loop : loops_) {
    auto open = std::make_shared<std::packaged_task<void()>>([&loop = *loop] { loop.open(); });
    opened.push_back(open->get_future());
    loop->post([open] { (*open)(); });
  }
  for (std::future<void>& one : opened) {
    one.get();
  }
  accepting_ = true;
}

bool Server::Impl::wait_empty(std::chrono::milliseconds longest)
{
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, longest, [&] { return busy_loops_ == 0; });
}

void Server::Impl::drain()
{
  if (std::exchange(drained_, true)) {
    return;
  }
  accepting_ = false;
  const auto one_is_empty = [this] {
    const std::lock_guard lock{mutex_};
    --busy_loops_;
    changed_.notify_all();
  };
  for (const auto& loop : loops_) {
    loop->post([&loop = *loop, one_is_empty] { loop.drain(one_is_empty); });
  }
  if (wait_empty(options_.drain_timeout)) {
    return;
  }
  for (const auto& loop : loops_) {
    loop->post([&loop = *loop] { loop.abort(); });
  }
  if (!wait_empty(std::chrono::seconds{1})) {
    common_.log.warning("some requests are still being worked on; waiting for them to end");
  }
}

void Server::Impl::reload_tls()
{
  if (!common_.tls) {
    return;
  }
  try {
    common_.tls->publish(load_tls(options_));
    common_.log.info("certificate read again");
  } catch (const Fault& fault) {
    common_.log.error("certificate kept as it was", {{"fault", fault.what()}});
  }
}

Server::Server(
    Options options, MakeSite make_site, log::Logger& log, metrics::Registry& metrics, const Clock& clock
)
    : impl_{std::make_unique<Impl>(std::move(options), std::move(make_site), log, metrics, clock)}
{
}

Server::~Server() = default;

std::vector<std::string> Server::urls() const
{
  return impl_->urls();
}

void Server::start()
{
  impl_->start();
}

bool Server::accepting() const noexcept
{
  return impl_->accepting();
}

void Server::drain()
{
  impl_->drain();
}

void Server::reload_tls()
{
  impl_->reload_tls();
}

}  // namespace usher::http
