#include "http/event_streams.hpp"

#include "base/result.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace usher::http {

using crypto::Io;

bool Backlog::add(const Event& event, std::size_t sent)
{
  if (events_.empty()) {
    sent_ = sent;
    bytes_ = 0;
  }
  events_.push_back(event);
  bytes_ += event->size() - sent;
  return events_.size() <= events_max && bytes_ <= bytes_max;
}

void Backlog::sent(std::size_t bytes)
{
  sent_ += bytes;
  bytes_ -= bytes;
  if (sent_ < events_.front()->size()) {
    return;
  }
  sent_ = 0;
  events_.erase(events_.begin());
  if (events_.empty()) {
    events_.shrink_to_fit();  // most of its life a listener has nothing waiting
  }
}

Listener::Listener(std::shared_ptr<Seat> seat)
    : seat_{std::move(seat)}, place_{seat_->hub_.listeners_.size()}, last_seen_{seat_->hub_.number_}
{
  seat_->hub_.listeners_.push_back(this);
}

Listener::~Listener()
{
  std::vector<Listener*>& all = seat_->hub_.listeners_;
  all.back()->place_ = place_;
  std::swap(all[place_], all.back());
  all.pop_back();
}

void Listener::offer(const Event& event, std::uint64_t number)
{
  if (over_ || std::exchange(last_seen_, number) == number) {
    return;
  }
  try {
    take(event);
  } catch (...) {
    end();  // what it lacks now it gets when it comes back
  }
}

void Listener::take(const Event& event)
{
  const bool idle = backlog_.empty();
  std::size_t sent = 0;
  if (begun_ && idle) {
    if (!write_now(*event, sent)) {
      end();
      return;
    }
    if (sent == event->size()) {
      return;
    }
  }
  if (!backlog_.add(event, sent)) {
    seat_->seats_.cut_.fetch_add(1, std::memory_order_relaxed);
    end();
  } else if (begun_ && idle) {
    wake();  // to wait for room from now on
  }
}

bool Listener::write_now(std::string_view bytes, std::size_t& sent)
{
  while (sent < bytes.size()) {
    const Io io = write(bytes.substr(sent));
    if (io.state != Io::State::done) {
      return io.state != Io::State::closed;
    }
    sent += io.bytes;
  }
  return true;
}

void Listener::end()
{
  over_ = true;
  dropped_ = true;
  drop();
  wake();
}

void Listener::leave()
{
  over_ = true;
  wake();
}

EventStreams::EventStreams(Executor executor, Seats& seats)
    : seats_{seats}, executor_{std::move(executor)}, timer_{executor_}
{
}

std::shared_ptr<Seat> EventStreams::seat()
{
  if (seats_.taken_.fetch_add(1, std::memory_order_relaxed) >= seats_.max_) {
    seats_.taken_.fetch_sub(1, std::memory_order_relaxed);
    return nullptr;
  }
  return std::make_shared<Seat>(*this, seats_);
}

std::shared_ptr<Seat> EventStreams::seat_to_show()
{
  const bool full = seats_.taken() >= seats_.max_;
  return full ? nullptr : std::make_shared<Seat>(*this, seats_, Seat::Taken::no);
}

void EventStreams::send_all_away()
{
  for (Listener* const listener : listeners_) {
    listener->leave();
  }
}

void EventStreams::send(Event event, std::function<void()> done)
{
  USHER_ASSERT(!sending());
  event_ = std::move(event);
  ++number_;
  left_ = listeners_.size();
  done_ = std::move(done);
  next_slice();
}

/// From the back: a listener that leaves between two slices has the last one take its place, which by then
/// was offered the event (and knows it), or is as far from it as before. Who joins stands behind them all.
void EventStreams::next_slice()
{
  offer_slice();
  while (left_ > 0) {
    try {
      post([this] { next_slice(); });
      return;
    } catch (...) {
      offer_slice();  // no memory to put it off
    }
  }
  event_.reset();
  if (const auto done = std::exchange(done_, {})) {
    done();
  }
}

void EventStreams::offer_slice()
{
  left_ = std::min(left_, listeners_.size());
  for (std::size_t count = std::min(slice, left_); count > 0; --count) {
    --left_;
    listeners_[left_]->offer(event_, number_);
  }
}

void EventStreams::post(std::function<void()> what)
{
  boost::asio::post(executor_, std::move(what));
}

void EventStreams::beat(std::chrono::seconds period, std::function<bool()> what)
{
  if (beating_) {
    return;
  }
  beating_ = true;
  period_ = period;
  what_ = std::move(what);
  next_beat();
}

void EventStreams::next_beat()
{
  timer_.expires_after(period_);
  timer_.async_wait([this](const boost::system::error_code& failed) {
    if (failed) {
      return;  // the hub may be gone
    }
    try {
      beating_ = what_();
    } catch (...) {
      beating_ = true;
    }
    if (beating_) {
      next_beat();
    }
  });
}

Response event_stream(std::shared_ptr<Seat> seat, std::string first)
{
  return {
      .content_type = "text/event-stream",
      .body = std::move(first),
      .headers = {{.name = "X-Accel-Buffering", .value = "no"}},  // nginx would hold events back
      .stream = std::move(seat),
  };
}

}  // namespace usher::http
