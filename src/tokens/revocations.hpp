#pragma once

#include "tokens/claims.hpp"

#include <string>
#include <string_view>

namespace usher::tokens {

/// The claims as JSON, in one buffer and in time that grows with the number of entries: there may be a
/// million.
std::string write_revocations(const RevocationClaims& claims, std::string_view issuer);

}  // namespace usher::tokens
