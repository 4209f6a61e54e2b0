#pragma once

#include "features/addresses/address.hpp"
#include "features/users/user.hpp"

#include <vector>

namespace usher::accounts {

/// A user with all that is shown of them.
struct Account {
  users::User user;
  std::vector<addresses::Address> addresses{};
};

}  // namespace usher::accounts
