#pragma once

#include "base/result.hpp"
#include "features/users/deed.hpp"
#include "features/users/user.hpp"
#include "http/request.hpp"

// What the routes under /api/users/{id} read of every request, those of `accounts` too.

namespace usher::addresses {

/// Who asks for it, from where, and `now`.
users::Deed deed_of(const http::Request& request, Instant now);

/// The user in the path. Refuses with user_not_found: what is no number of a row names no row.
Result<users::UserId> user_in(const http::Request& request);

}  // namespace usher::addresses
