#include "log/log.hpp"

#include "log/line.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>

namespace usher::log {
namespace {

constexpr std::size_t lane_count = 8;
constexpr std::size_t lane_bytes_max = std::size_t{1} << 20;  ///< beyond it lines are dropped and counted
constexpr std::chrono::milliseconds pause{20};                ///< between two writes while lines keep coming
constexpr std::chrono::milliseconds last_wait{500};           ///< for a reader that does not read, at the end

Moment now()
{
  timespec time{};
  clock_gettime(CLOCK_REALTIME, &time);
  return Moment{std::chrono::milliseconds{(time.tv_sec * 1000) + (time.tv_nsec / 1'000'000)}};
}

/// A blocking pipe or terminal takes this much without blocking once poll() says so (POSIX PIPE_BUF on
/// Linux).
constexpr std::size_t pipe_bytes = 4096;

std::size_t piece_bytes(int fd)
{
  struct stat about{};
  const bool regular = ::fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
  return regular ? lane_bytes_max : pipe_bytes;
}

bool wants_json(const Logger::Options& options)
{
  return options.format == Format::json || (options.format == Format::automatic && ::isatty(options.fd) == 0);
}

}  // namespace

/// Callers append to one of a few lanes, each with a lock that is nearly always free; one thread carries what
/// is there to the file. It sleeps while there is nothing, so that an idle server stays idle, and a busy one
/// wakes it once and not per line.
class Logger::Impl {
 public:
  explicit Impl(Options options)
      : level_{options.level}, fd_{options.fd}, json_{wants_json(options)}, piece_{piece_bytes(options.fd)}
  {
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl()
  {
    {
      const std::lock_guard lock{mutex_};
      stop_ = true;
    }
    wake_.notify_all();
    if (writer_.joinable()) {
      writer_.join();
    }
  }

  void append(Level line_level, std::string_view message, Fields fields)
  {
    {
      Lane& lane = lanes_.at(my_lane());
      const std::lock_guard lock{lane.mutex};
      if (lane.text.size() > lane_bytes_max) {
        dropped_.fetch_add(1, std::memory_order_relaxed);
        return;
      }
      (json_ ? append_json : append_text)(lane.text, now(), line_level, message, fields);
    }
    if (!pending_.load(std::memory_order_relaxed) && !pending_.exchange(true)) {
      start_or_wake();
    }
  }

  void flush()
  {
    std::unique_lock lock{mutex_};
    if (!writer_.joinable()) {
      return;
    }
    flush_ = true;
    wake_.notify_all();
    idle_.wait_for(lock, last_wait, [&] { return !flush_; });
  }

  Level level() const noexcept { return level_.load(std::memory_order_relaxed); }

  void set_level(Level level) noexcept { level_.store(level, std::memory_order_relaxed); }

 private:
  struct alignas(64) Lane {
    std::mutex mutex;
    std::string text;
  };

  static std::size_t my_lane() noexcept
  {
    static std::atomic<std::size_t> next{0};
    thread_local const std::size_t mine = next.fetch_add(1, std::memory_order_relaxed) % lane_count;
    return mine;
  }

  void start_or_wake()
  {
    const std::lock_guard lock{mutex_};
    if (!writer_.joinable()) {
      writer_ = std::thread{[this] { carry(); }};
    }
    wake_.notify_all();
  }

  void carry()
  {
    std::unique_lock lock{mutex_};
    bool more = true;
    while (more) {
      wake_.wait(lock, [&] { return pending_.load() || stop_ || flush_; });
      more = !stop_;
      const bool flushing = flush_ || stop_;
      lock.unlock();
      pending_.store(false);
      write_all(collect());
      lock.lock();
      if (flushing) {
        flush_ = false;
        idle_.notify_all();
      } else {
        wake_.wait_for(lock, pause, [&] { return stop_ || flush_; });
      }
    }
  }

  std::string collect()
  {
    std::string all;
    for (Lane& lane : lanes_) {
      const std::lock_guard lock{lane.mutex};
      all += lane.text;
      lane.text.clear();
    }
    if (const std::uint64_t lost = dropped_.exchange(0); lost != 0) {
      (json_ ? append_json : append_text)(
          all, now(), Level::warning, "log lines dropped: the reader is too slow", {{"lines", lost}}
      );
    }
    return all;
  }

  bool stopping()
  {
    const std::lock_guard lock{mutex_};
    return stop_;
  }

  /// False when the server is ending and nobody reads.
  bool wait_until_writable()
  {
    pollfd ready{.fd = fd_, .events = POLLOUT, .revents = 0};
    while (::poll(&ready, 1, static_cast<int>(last_wait.count())) == 0) {
      if (stopping()) {
        return false;
      }
    }
    return true;
  }

  void write_all(std::string_view text)
  {
    while (!text.empty() && wait_until_writable()) {
      const ssize_t count = ::write(fd_, text.data(), std::min(text.size(), piece_));
      if (count > 0) {
        text.remove_prefix(static_cast<std::size_t>(count));
      } else if (errno != EINTR && errno != EAGAIN) {
        dropped_.fetch_add(
            1, std::memory_order_relaxed
        );  // full disk, closed pipe: say so when it works again
        return;
      }
    }
  }

  std::atomic<Level> level_;
  const int fd_;
  const bool json_;
  const std::size_t piece_;
  std::array<Lane, lane_count> lanes_{};
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<bool> pending_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable idle_;
  bool stop_{false};
  bool flush_{false};
  std::thread writer_;
};

Logger::Logger(Options options) : impl_{std::make_unique<Impl>(options)} {}

Logger::~Logger() = default;

bool Logger::enabled(Level level) const noexcept
{
  return level >= impl_->level() && level != Level::off;
}

void Logger::set_level(Level level) noexcept
{
  impl_->set_level(level);
}

void Logger::write(Level level, std::string_view message, Fields fields)
{
  if (!enabled(level)) {
    return;
  }
  try {
    impl_->append(level, message, fields);
  } catch (const std::exception&) {
    // No memory or no thread: a log line is never worth a failed request.
    return;
  }
}

void Logger::flush()
{
  impl_->flush();
}

}  // namespace usher::log
