#include "passwords/gate.hpp"

#include "base/waker.hpp"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace usher::passwords {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// What comes of a job; owned by the job and by the coroutine that waits for it.
struct Answer {
  std::optional<Error> refused;
  std::exception_ptr fault;
  Verdict verdict;
  std::string hash;

  /// In the waiting coroutine: the answer, or why there is none.
  template <class T>
  Result<T> outcome(T value)
  {
    if (fault) {
      std::rethrow_exception(fault);
    }
    return refused ? Result<T>{*std::move(refused)} : Result<T>{std::move(value)};
  }
};

Error busy(std::chrono::microseconds wait)
{
  Error error = refuse(server_busy);
  error.retry_after = std::max(std::chrono::ceil<std::chrono::seconds>(wait), std::chrono::seconds{1});
  return error;
}

/// Signals are for the main thread, and reads go before logins.
void settle_thread(int niceness)
{
  sigset_t all{};
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
  pthread_setname_np(pthread_self(), "usher-hash");
  // Linux knows a niceness for each thread. Without the right to change it, hashing just runs like the rest.
  (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), niceness);
}

}  // namespace

struct Gate::Job {
  Secret password;
  std::optional<std::string> stored;  ///< nothing: make a hash
  std::shared_ptr<Answer> answer{std::make_shared<Answer>()};
  SteadyClock::time_point deadline{};
  Waker waker{};
};

class Gate::Pool {
 public:
  Pool(const Hasher& hasher, const Options& options)
      : hasher_{hasher}, queue_max_{options.queue_max}, wait_max_{options.wait_max}
  {
    const std::size_t count = options.threads != 0 ? options.threads : std::thread::hardware_concurrency();
    for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i) {
      threads_.emplace_back([this, niceness = options.niceness](const std::stop_token& stop) {
        settle_thread(niceness);
        work(stop);
      });
    }
  }

  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  ~Pool()
  {
    std::ranges::for_each(threads_, [](std::jthread& thread) { thread.request_stop(); });
    threads_.clear();
    for (Job& job : queue_) {
      job.answer->refused = busy({});
      job.waker.wake();
    }
  }

  /// A place in the queue for one push(), or the refusal.
  std::optional<Error> reserve()
  {
    const std::lock_guard lock{mutex_};
    if (waiting_ >= queue_max_) {
      return busy(wait_expected());
    }
    ++waiting_;
    return std::nullopt;
  }

  void push(Job job)
  {
    job.deadline = SteadyClock::now() + wait_max_;
    const std::lock_guard lock{mutex_};
    queue_.push_back(std::move(job));
    filled_.notify_one();
  }

  std::size_t waiting() const
  {
    const std::lock_guard lock{mutex_};
    return waiting_;
  }

 private:
  void work(const std::stop_token& stop)
  {
    while (auto job = take(stop)) {
      if (SteadyClock::now() > job->deadline) {
        job->answer->refused = busy(expected());
      } else {
        fill(*job->answer, *job);
      }
      job->waker.wake();
    }
  }

  std::optional<Job> take(const std::stop_token& stop)
  {
    std::unique_lock lock{mutex_};
    filled_.wait(lock, stop, [this] { return !queue_.empty(); });
    if (stop.stop_requested()) {
      return std::nullopt;
    }
    std::optional<Job> job{std::move(queue_.front())};
    queue_.pop_front();
    --waiting_;
    return job;
  }

  void fill(Answer& answer, const Job& job)
  {
    const auto begun = SteadyClock::now();
    try {
      if (job.stored) {
        answer.verdict = hasher_.verify(job.password, *job.stored);
      } else {
        answer.hash = hasher_.hash(job.password);
      }
    } catch (...) {
      answer.fault = std::current_exception();
    }
    note_cost(std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - begun));
  }

  void note_cost(std::chrono::microseconds cost)
  {
    const std::lock_guard lock{mutex_};
    cost_ = cost_.count() == 0 ? cost : (7 * cost_ + cost) / 8;
  }

  std::chrono::microseconds expected() const
  {
    const std::lock_guard lock{mutex_};
    return wait_expected();
  }

  /// Until what waits now is done; under the lock.
  std::chrono::microseconds wait_expected() const
  {
    return cost_ * waiting_ / std::max<std::size_t>(threads_.size(), 1);
  }

  const Hasher& hasher_;
  std::size_t queue_max_;
  std::chrono::milliseconds wait_max_;

  mutable std::mutex mutex_;
  std::condition_variable_any filled_;
  std::deque<Job> queue_;
  std::size_t waiting_{0};             ///< queue_ and what is on its way there
  std::chrono::microseconds cost_{0};  ///< of one job, as of late
  std::vector<std::jthread> threads_;
};

Gate::Gate(Options options)
    : hasher_{{.memory_kib = options.memory_kib, .passes = options.passes}},
      pool_{std::make_unique<Pool>(hasher_, options)}
{
}

Gate::~Gate() = default;

Task<Result<Verdict>> Gate::verify(Secret password, std::string stored)
{
  Job job{.password = std::move(password), .stored = std::move(stored)};
  const auto answer = job.answer;
  co_await done(std::move(job));
  co_return answer->outcome(answer->verdict);
}

Task<Result<std::string>> Gate::hash(Secret password)
{
  if (password.reveal().size() > password_bytes_max) {
    co_return refuse_fields({{.field = "password", .reason = "is too long"}});
  }
  Job job{.password = std::move(password), .stored = std::nullopt};
  const auto answer = job.answer;
  co_await done(std::move(job));
  co_return answer->outcome(std::move(answer->hash));
}

Task<> Gate::done(Job job)
{
  if (auto refused = pool_->reserve()) {
    job.answer->refused = std::move(refused);
    co_return;
  }
  auto start = [pool = pool_.get(), &job](Waker waker) {
    job.waker = std::move(waker);
    pool->push(std::move(job));
  };
  co_await until_woken(std::move(start));
  // The gate may be gone by now.
}

std::string Gate::hash_now(const Secret& password) const
{
  return hasher_.hash(password);
}

std::size_t Gate::waiting() const noexcept
{
  return pool_->waiting();
}

std::uint64_t Gate::hashed() const noexcept
{
  return hasher_.hashed();
}

}  // namespace usher::passwords
