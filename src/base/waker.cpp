#include "base/waker.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <mutex>
#include <optional>

namespace usher {

/// The suspended coroutines of one loop.
struct Waker::Waiting {
  explicit Waiting(Executor loop) : executor{std::move(loop)} {}

  Executor executor;
  std::mutex mutex;
  bool closed{false};
  std::list<Handler> handlers;
  std::optional<boost::asio::executor_work_guard<Executor>> loop_stays;
};

/// Lives in the io_context and hears of its end.
class Waker::Loop final : public boost::asio::execution_context::service {
 public:
  using key_type = Loop;  // NOLINT(readability-identifier-naming): Asio looks for it
  // Asio wants to write to it.
  static boost::asio::execution_context::id id;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

  explicit Loop(boost::asio::io_context& context)
      : service{context}, waiting_{std::make_shared<Waiting>(context.get_executor())}
  {
  }

  const std::shared_ptr<Waiting>& waiting() const noexcept { return waiting_; }

 private:
  void shutdown() noexcept override
  {
    std::list<Handler> unwanted;
    {
      const std::lock_guard lock{waiting_->mutex};
      waiting_->closed = true;
      unwanted.swap(waiting_->handlers);
      waiting_->loop_stays.reset();
    }
    // What dies here hands its coroutine to the loop, which destroys it with all else that it holds.
  }

  std::shared_ptr<Waiting> waiting_;
};

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
boost::asio::execution_context::id Waker::Loop::id;

Waker::Waker(Handler handler)
    : waiting_{
          boost::asio::use_service<Loop>(boost::asio::get_associated_executor(handler).context()).waiting()
      }
{
  const std::lock_guard lock{waiting_->mutex};
  if (waiting_->handlers.empty()) {
    waiting_->loop_stays.emplace(waiting_->executor);
  }
  mine_ = waiting_->handlers.insert(waiting_->handlers.end(), std::move(handler));
}

Waker& Waker::operator=(Waker&& other) noexcept
{
  std::swap(waiting_, other.waiting_);
  std::swap(mine_, other.mine_);
  return *this;
}

Waker::~Waker()
{
  if (!waiting_) {
    return;
  }
  const std::lock_guard lock{waiting_->mutex};
  if (!waiting_->closed) {
    waiting_->handlers.erase(mine_);
    if (waiting_->handlers.empty()) {
      waiting_->loop_stays.reset();
    }
  }
}

bool Waker::wake()
{
  const auto waiting = std::exchange(waiting_, nullptr);
  if (!waiting) {
    return false;
  }
  const std::lock_guard lock{waiting->mutex};
  if (waiting->closed) {
    return false;
  }
  // Posted under the lock: the loop cannot end before it has it.
  boost::asio::post(waiting->executor, [handler = std::move(*mine_)]() mutable { std::move(handler)(); });
  waiting->handlers.erase(mine_);
  if (waiting->handlers.empty()) {
    waiting->loop_stays.reset();
  }
  return true;
}

}  // namespace usher
