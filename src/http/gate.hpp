#pragma once

#include "base/caller.hpp"
#include "base/refusals.hpp"
#include "base/result.hpp"
#include "http/guard.hpp"
#include "http/request.hpp"

namespace usher::http {

enum class TokenUse { access, refresh };

/// Turns token text into a Caller, or refuses: signature, times, type, and the live question (user there,
/// enabled, session alive, generation current). http owns the question; features/auth supplies the answer.
/// One per network loop; used only on it.
class Authenticator {
 public:
  Authenticator() = default;
  Authenticator(const Authenticator&) = delete;
  Authenticator& operator=(const Authenticator&) = delete;
  virtual ~Authenticator() = default;
  virtual Result<Caller> authenticate(std::string_view token, TokenUse use) = 0;
};

/// The guards' own refusals; the documentation adds them to every route that can bring them.
inline constexpr Refusal token_missing{
    Kind::unauthenticated, "token_missing", "Token missing", "Send an access token as Authorization: Bearer."
};
inline constexpr Refusal authorization_malformed{
    Kind::unauthenticated,
    "authorization_malformed",
    "Authorization header malformed",
    "The Authorization header must be \"Bearer\", one space and one token."
};
using usher::admin_only;
using usher::not_yours;
using usher::token_not_fresh;

/// Lets the request through (bearer and caller are filled), or refuses it.
/// For self_or_admin the path's {id} is held against the caller before anything is looked up, so that
/// existing and absent ids of others look alike. Not for Guard::client: pass_client() is.
Result<Done> pass(Request& request, Guard guard, Authenticator& authenticator);

}  // namespace usher::http
