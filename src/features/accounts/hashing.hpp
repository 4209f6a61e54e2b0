#pragma once

#include "base/result.hpp"
#include "features/users/user.hpp"

#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace usher::accounts {

/// How many new passwords each user has on their way through the hash: a few, so that no account fills the
/// queue that everybody's login waits in. One for all loops. Thread-safe; outlives its places.
class Hashing {
 public:
  static constexpr int places_max = 2;  ///< of one user

  /// One of them, until it goes.
  class Place {
   public:
    Place(Place&& other) noexcept;
    Place& operator=(Place&&) = delete;
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place();

   private:
    friend class Hashing;
    Place(Hashing& hashing, users::UserId user) noexcept : hashing_{&hashing}, user_{user} {}

    Hashing* hashing_;  ///< null once moved from
    users::UserId user_;
  };

  Hashing() = default;

  /// Refuses with server_busy (Retry-After) when all of the user's places are taken.
  Result<Place> admit(users::UserId user);

 private:
  void leave(users::UserId user) noexcept;

  std::mutex mutex_;
  std::unordered_map<std::int64_t, int> taken_;  ///< by user; no entry for nobody
};

}  // namespace usher::accounts
