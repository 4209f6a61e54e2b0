#pragma once

#include "base/error.hpp"

namespace usher {

/// Refusals that the front's guards and the features' own decisions share.
inline constexpr Refusal token_not_fresh{
    Kind::unauthenticated, "token_not_fresh", "Fresh token required", "Log in again to do this."
};
/// Carries Error::max_age.
inline constexpr Refusal authentication_too_old{
    Kind::unauthenticated,
    "authentication_too_old",
    "Login too long ago",
    "The password was last shown too long ago for this; show it again."
};
inline constexpr Refusal admin_only{
    Kind::forbidden, "admin_only", "Administrators only", "Only an administrator may do this."
};
inline constexpr Refusal not_yours{
    Kind::forbidden, "not_yours", "Not yours", "You may do this only for your own account."
};
/// Signed by us and not expired, but what it stood for is over: password or role changed, disabled, deleted.
inline constexpr Refusal token_revoked{
    Kind::unauthenticated,
    "token_revoked",
    "Token has been revoked",
    "The account has changed since this token was issued; refresh it or log in again."
};

}  // namespace usher
