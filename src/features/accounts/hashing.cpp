#include "features/accounts/hashing.hpp"

#include <utility>

namespace usher::accounts {

Hashing::Place::Place(Place&& other) noexcept
    : hashing_{std::exchange(other.hashing_, nullptr)}, user_{other.user_}
{
}

Hashing::Place::~Place()
{
  if (hashing_ != nullptr) {
    hashing_->leave(user_);
  }
}

Result<Hashing::Place> Hashing::admit(users::UserId user)
{
  const std::lock_guard lock{mutex_};
  int& taken = taken_[user.value];
  if (taken >= places_max) {
    Error busy = refuse(server_busy);
    busy.retry_after = std::chrono::seconds{1};
    return busy;
  }
  ++taken;
  return Place{*this, user};
}

void Hashing::leave(users::UserId user) noexcept
{
  const std::lock_guard lock{mutex_};
  const auto found = taken_.find(user.value);
  if (--found->second == 0) {
    taken_.erase(found);
  }
}

}  // namespace usher::accounts
