#pragma once

#include "base/clock.hpp"
#include "base/uuid.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace usher::introspection {

/// What is told about a token (RFC 7662 2.2). Of one that is not good, nothing but that.
struct Introspection {
  bool active{false};
  std::optional<std::string_view> token_type{};  ///< of an access token: "Bearer"
  std::optional<std::string_view> type{};        ///< "access", "refresh"
  std::optional<std::string> sub{};
  std::optional<std::int64_t> user_id{};
  std::optional<std::string> iss{};
  std::optional<std::string> aud{};
  std::optional<std::int64_t> exp{};
  std::optional<std::int64_t> iat{};
  std::optional<std::int64_t> nbf{};
  std::optional<std::string> jti{};
  std::optional<Uuid> sid{};
  std::optional<std::int64_t> gen{};
  std::optional<bool> fresh{};  ///< at this moment
  std::optional<std::string_view> role{};
  std::optional<std::int64_t> auth_time{};
  std::optional<std::vector<std::string>> amr{};
};

/// The session that a token of ours belongs to.
struct TokenSession {
  Uuid session{};
  std::int64_t user{};
};

}  // namespace usher::introspection
