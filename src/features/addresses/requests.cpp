#include "features/addresses/requests.hpp"

#include "features/users/rules.hpp"

namespace usher::addresses {

users::Deed deed_of(const http::Request& request, Instant now)
{
  return {.caller = request.caller, .origin = request.from(), .now = now};
}

Result<users::UserId> user_in(const http::Request& request)
{
  const auto id = request.number("id");
  if (!id) {
    return refuse(users::user_not_found);
  }
  return users::UserId{*id};
}

}  // namespace usher::addresses
