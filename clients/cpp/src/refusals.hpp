#pragma once

#include "usher_verify.hpp"

#include <chrono>
#include <memory>
#include <string_view>

namespace usher::verify {

/// Why not. clients/README.md holds the table; the slugs are Usher's own (docs/errors.md).
enum class Reason {
  token_missing,
  authorization_malformed,
  token_malformed,
  token_signature_invalid,
  token_wrong_type,
  token_claims_invalid,
  token_expired,
  token_not_yet_valid,
  token_revoked,
  token_not_fresh,
  admin_only,
  keys_unavailable,
  revocations_stale,
};

/// Made once, shared by all.
std::shared_ptr<const Refusal> refusal(Reason reason);

/// RFC 9470 section 3: tells the client what would do.
std::shared_ptr<const Refusal> too_old(seconds max_age);

}  // namespace usher::verify
