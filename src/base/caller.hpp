#pragma once

#include "base/clock.hpp"
#include "base/uuid.hpp"

#include <cstdint>
#include <string>

namespace usher {

/// On whose behalf something is done: filled by the gate from a verified token, or by the command line.
struct Caller {
  std::int64_t user{0};  ///< 0 is nobody.
  Uuid session{};
  std::int64_t generation{0};
  std::int64_t counter{0};  ///< `n` of a refresh token; 0 for an access token.
  bool admin{false};
  bool fresh{false};
  Instant auth_time{};
  std::string amr{};  ///< Space-separated RFC 8176 values, such as "pwd".

  bool somebody() const noexcept { return user != 0; }
};

/// The command line acts as this: an administrator who is nobody in particular.
inline Caller shell_caller()
{
  return {.admin = true, .fresh = true};
}

/// Where a deed came from, for sessions and the audit log.
struct Origin {
  std::string address;     ///< Client IP as text; empty for the command line.
  std::string user_agent;  ///< Cut to 256 bytes of valid UTF-8.
  std::string request_id;
};

}  // namespace usher
