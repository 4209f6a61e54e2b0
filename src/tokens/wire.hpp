#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "tokens/claims.hpp"
#include "tokens/options.hpp"
#include "tokens/refusals.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace usher::tokens {

struct ReadAccess {
  AccessClaims claims;
  Lifetime lifetime{};
};

struct ReadRefresh {
  RefreshClaims claims;
  Lifetime lifetime{};
};

/// Everything but the times against a clock. Refuse with token_malformed (not one strict JSON object),
/// token_wrong_type or token_claims_invalid.
Result<ReadAccess> read_access(std::string_view json, const Options& options);
Result<ReadRefresh> read_refresh(std::string_view json, const Options& options);

std::string write_access(const AccessClaims& claims, const Options& options, std::string_view jti);
std::string write_refresh(const RefreshClaims& claims, const Options& options, std::string_view jti);

/// What any service's token says that can be checked without knowing the service (RFC 7519 section 4.1).
struct RegisteredClaims {
  std::optional<Instant> expires{};
  std::optional<Instant> not_before{};
  std::string issuer{};
  std::vector<std::string> audience{};
};

/// Nothing when `json` is not one strict JSON object, or one of these is there but not as it should be.
std::optional<RegisteredClaims> read_registered(std::string_view json);

/// One strict JSON object?
bool is_object(std::string_view json);

}  // namespace usher::tokens
