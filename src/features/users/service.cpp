#include "features/users/service.hpp"

#include "base/refusals.hpp"
#include "features/users/store.hpp"

namespace usher::users {

Result<Done> check_still_somebody(db::Tx& tx, const Caller& caller)
{
  if (!caller.somebody()) {
    return Done{};
  }
  const auto user = find(tx, UserId{caller.user});
  if (!user || user->disabled || user->generation != caller.generation) {
    return refuse(token_revoked);
  }
  return Done{};
}

}  // namespace usher::users
