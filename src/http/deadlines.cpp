#include "http/deadlines.hpp"

#include <ctime>

namespace usher::http {

std::int64_t coarse_seconds()
{
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return now.tv_sec;
}

void Deadline::leave() noexcept
{
  previous_->next_ = next_;
  next_->previous_ = previous_;
  previous_ = next_ = this;
  list_ = nullptr;
}

void DeadlineList::join(Deadline& deadline, std::int64_t now) noexcept
{
  if (deadline.list_ == this && deadline.at_ == now + seconds_) {
    return;
  }
  deadline.leave();
  deadline.list_ = this;
  deadline.at_ = now + seconds_;
  deadline.previous_ = head_.previous_;
  deadline.next_ = &head_;
  head_.previous_->next_ = &deadline;
  head_.previous_ = &deadline;
}

void DeadlineList::sweep(std::int64_t now)
{
  for (Deadline* one = head_.next_; one != &head_ && one->at_ < now; one = one->next_) {
    boost::system::error_code ignored;
    one->socket_->cancel(ignored);
  }
}

}  // namespace usher::http
