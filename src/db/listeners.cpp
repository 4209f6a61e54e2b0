#include "db/listeners.hpp"

#include <algorithm>

namespace usher::db {

void Listeners::add(std::string_view channel, std::function<void(Tx&)> heard)
{
  const std::lock_guard lock{mutex_};
  listeners_.push_back({.channel = std::string{channel}, .heard = std::move(heard)});
}

void Listeners::mark(std::string_view channel)
{
  const std::lock_guard lock{mutex_};
  for (Listener& listener : listeners_) {
    listener.marked = listener.marked || listener.channel == channel;
  }
}

void Listeners::mark_all()
{
  const std::lock_guard lock{mutex_};
  for (Listener& listener : listeners_) {
    listener.marked = true;
  }
}

bool Listeners::marked() const
{
  const std::lock_guard lock{mutex_};
  return std::ranges::any_of(listeners_, &Listener::marked);
}

std::exception_ptr Listeners::call_marked(Tx& tx)
{
  const std::lock_guard lock{mutex_};
  std::exception_ptr failed;
  for (Listener& listener : listeners_) {
    if (!listener.marked) {
      continue;
    }
    try {
      listener.heard(tx);
      listener.marked = false;
    } catch (...) {
      failed = std::current_exception();
    }
  }
  return failed;
}

}  // namespace usher::db
