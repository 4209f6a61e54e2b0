#include "db/database.hpp"

#include <condition_variable>
#include <mutex>

namespace usher::db {
namespace {

/// Lives on the stack of the thread that waits in transact().
struct Outcome {
  std::mutex mutex;
  std::condition_variable changed;
  std::exception_ptr fault;
  bool done{false};

  void set(std::exception_ptr why) noexcept
  {
    // Notified under the lock: the waiter takes this object away as soon as it may.
    const std::lock_guard lock{mutex};
    fault = std::move(why);
    done = true;
    changed.notify_one();
  }

  void wait()
  {
    std::unique_lock lock{mutex};
    changed.wait(lock, [this] { return done; });
    if (fault) {
      std::rethrow_exception(fault);
    }
  }
};

class WaitedFor final : public Unit {
 public:
  WaitedFor(const std::function<Verdict(Tx&)>& work, Outcome& outcome) : work_{work}, outcome_{outcome} {}

  Verdict run(Tx& tx) override { return work_(tx); }

  void finish(std::exception_ptr fault) noexcept override { outcome_.set(std::move(fault)); }

 private:
  const std::function<Verdict(Tx&)>& work_;
  Outcome& outcome_;
};

}  // namespace

void Database::transact(const std::function<Verdict(Tx&)>& work)
{
  Outcome outcome;
  submit(std::make_unique<WaitedFor>(work, outcome));
  outcome.wait();
}

}  // namespace usher::db
