#pragma once

#include "base/result.hpp"
#include "base/task.hpp"
#include "db/database.hpp"

#include <boost/asio/async_result.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace usher::db {

/// One network loop's two doors to the database. Lives on that loop's thread and is used only there.
///
/// `work` is a plain function Result<T>(Tx&): a value commits, an error rolls back, a Fault propagates.
class Door {
 public:
  Door(Database& database, Executor executor);
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;
  /// Waits until the writer has let go of what this loop gave it. Coroutines that still await a write are
  /// destroyed here, on their own thread, and never resumed; to see them end, run the loop until it has no
  /// work.
  ~Door();

  /// Runs `work` here and now on this loop's own reader: a look-up costs less than a hand-over would.
  template <class Work>
  std::invoke_result_t<Work&, Tx&> read(Work work)
  {
    std::optional<std::invoke_result_t<Work&, Tx&>> outcome;
    read_here([&](Tx& tx) { outcome.emplace(work(tx)); });
    return *std::move(outcome);  // NOLINT(bugprone-unchecked-optional-access): the work ran, or threw
  }

  /// Hands `work` to the writer and resumes here when it is on disk. `work` runs on another thread: it owns
  /// what it uses, or borrows from the awaiting coroutine.
  template <class Work>
  Task<std::invoke_result_t<Work&, Tx&>> write(Work work);

  Database& database() noexcept { return database_; }

 private:
  using Completion = void(std::exception_ptr);
  /// Resumes the coroutine that awaits; holds its frame, and with it all that `work` borrows, until then.
  using Handler = boost::asio::async_result<std::decay_t<decltype(use_task)>, Completion>::handler_type;
  using Work = std::function<Verdict(Tx&)>;

  class Inbox;  ///< finished units on their way back; one wake-up for a whole batch
  class Errand;

  void read_here(const std::function<void(Tx&)>& work);
  void hand_over(Handler handler, const Work& work);

  Database& database_;
  std::shared_ptr<Inbox> inbox_;  ///< shared with what is posted to the loop and may run after this
};

template <class Work>
Task<std::invoke_result_t<Work&, Tx&>> Door::write(Work work)
{
  std::optional<std::invoke_result_t<Work&, Tx&>> outcome;
  const std::function<Verdict(Tx&)> run = [&work, &outcome](Tx& tx) {
    outcome.emplace(work(tx));
    return outcome->has_value() ? Verdict::commit : Verdict::rollback;
  };
  auto start = [this, &run](Handler handler) { hand_over(std::move(handler), run); };
  co_await boost::asio::async_initiate<decltype(use_task), Completion>(start, use_task);
  co_return *std::move(outcome);  // NOLINT(bugprone-unchecked-optional-access): the work ran, or threw
}

}  // namespace usher::db
