#pragma once

#include "tokens/jwk/jwk.hpp"

#include <string_view>
#include <vector>

namespace usher::tokens {

/// A JWK or a JWK set. Refuses with keys_unusable.
Result<std::vector<VerifyingKey>> read_keys(std::string_view json);

}  // namespace usher::tokens
