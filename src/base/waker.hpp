#pragma once

#include "base/task.hpp"

#include <boost/asio/async_result.hpp>

#include <list>
#include <memory>
#include <type_traits>
#include <utility>

namespace usher {

/// Resumes one suspended coroutine, on its own loop, from any thread. While somebody waits, the loop has
/// work. The loop may be stopped and destroyed meanwhile: its waiting coroutines are destroyed with it and
/// their wakers become idle. So whoever works for a coroutine must not borrow from it.
class Waker {
 public:
  /// The coroutine itself, in Asio's terms.
  using Handler = boost::asio::async_result<std::decay_t<decltype(use_task)>, void()>::handler_type;

  Waker() = default;  ///< idle: nobody waits
  explicit Waker(Handler handler);
  Waker(const Waker&) = delete;
  Waker& operator=(const Waker&) = delete;
  Waker(Waker&& other) noexcept = default;
  Waker& operator=(Waker&& other) noexcept;
  /// A coroutine that was not woken is destroyed on its own loop.
  ~Waker();

  /// False when nobody waits any more.
  bool wake();

 private:
  class Loop;
  struct Waiting;
  std::shared_ptr<Waiting> waiting_;  ///< of that loop, which may be gone before this
  std::list<Handler>::iterator mine_{};
};

/// Suspends the coroutine that awaits this and calls `start(Waker)`.
template <class Start>
Task<> until_woken(Start start)
{
  auto initiate = [&start](Waker::Handler handler) { start(Waker{std::move(handler)}); };
  co_await boost::asio::async_initiate<decltype(use_task), void()>(initiate, use_task);
}

}  // namespace usher
