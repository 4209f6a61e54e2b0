#pragma once

#include "base/error.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace usher::users {

inline constexpr Refusal precondition_failed{
    Kind::precondition_failed,
    "precondition_failed",
    "Changed meanwhile",
    "It is no longer what If-Match names; read it again, then repeat the change."
};

/// A version as an entity tag: 7 is "\"7\"".
std::string etag_of(std::int64_t version);

/// The versions a writer is willing to change, from If-Match (RFC 9110 13.1.1). Weak tags never match, since
/// If-Match compares strongly; nor do tags we never wrote. No header, or "*", allows any version; a header
/// without a tag allows none.
class Expected {
 public:
  Expected() = default;
  explicit Expected(std::string_view if_match);  ///< data() is null when there was no header

  /// Refuses with precondition_failed.
  Result<Done> check(std::int64_t version) const;

 private:
  bool anything_{true};
  std::vector<std::int64_t> versions_{};
};

}  // namespace usher::users
