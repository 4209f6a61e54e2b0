#pragma once

#include "base/error.hpp"

namespace usher::tokens {

/// Why a token is refused. Malformed, badly signed and of the wrong type are 422 (as Flask-JWT-Extended), the
/// rest 401. RFC 6750 section 3.1: every one of them is `invalid_token`.
inline constexpr Refusal token_malformed{
    Kind::unprocessable, "token_malformed", "Token malformed", "This is not a token of this service."
};
inline constexpr Refusal token_signature_invalid{
    Kind::unprocessable,
    "token_signature_invalid",
    "Signature verification failed",
    "The token was not signed by a key of this service."
};
inline constexpr Refusal token_wrong_type{
    Kind::unprocessable,
    "token_wrong_type",
    "Wrong type of token",
    "Use an access token here, or a refresh token where one is asked for."
};
inline constexpr Refusal token_claims_invalid{
    Kind::unprocessable,
    "token_claims_invalid",
    "Claims invalid",
    "The token lacks a claim or holds one that is not for this service."
};
inline constexpr Refusal token_expired{
    Kind::unauthenticated, "token_expired", "Token has expired", "Refresh the token or log in again."
};
inline constexpr Refusal token_not_yet_valid{
    Kind::unauthenticated, "token_not_yet_valid", "Token not yet valid", "Check the clocks of both sides."
};

}  // namespace usher::tokens
