#include "db/queue.hpp"

namespace usher::db {

std::unique_ptr<Unit> Queue::push(std::unique_ptr<Unit> unit)
{
  const std::lock_guard lock{mutex_};
  if (closed_ || units_.size() >= units_max_) {
    return unit;
  }
  units_.push_back(std::move(unit));
  // A wake-up costs the waker some 20 us; the writer sleeps only while the queue is empty.
  if (units_.size() == 1) {
    filled_.notify_one();
  }
  return nullptr;
}

bool Queue::take(Batch& batch, std::size_t batch_max, std::chrono::milliseconds patience)
{
  std::unique_lock lock{mutex_};
  filled_.wait_for(lock, patience, [this] { return closed_ || !units_.empty(); });
  while (!units_.empty() && batch.size() < batch_max) {
    batch.push_back(std::move(units_.front()));
    units_.pop_front();
  }
  return !batch.empty() || !closed_;
}

void Queue::close()
{
  const std::lock_guard lock{mutex_};
  closed_ = true;
  filled_.notify_all();
}

}  // namespace usher::db
