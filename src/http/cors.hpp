#pragma once

#include "http/request.hpp"
#include "http/response.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace usher::http {

/// Which foreign origins browsers may let read our answers: an exact allow-list, empty by default. Tokens
/// travel in Authorization, so credentials (cookies) are never allowed; "*" is no origin and is refused.
class Cors {
 public:
  /// Throws Fault for what is not an origin ("https://app.example.org", lower case, no path).
  explicit Cors(const std::vector<std::string>& origins);

  /// Ready header lines for every answer to `request`; empty when CORS is off.
  std::string_view lines_for(const Request& request) const;

  /// What grants a preflight (Fetch standard), beside lines_for(). Empty unless the origin is listed and the
  /// method asked for is one of `allowed`, which is a list as in Allow.
  std::vector<Response::Header> preflight(const Request& request, const std::string& allowed) const;

 private:
  struct Origin {
    std::string text;
    std::string lines;
  };
  const Origin* find(std::string_view origin) const;

  std::vector<Origin> origins_;
};

}  // namespace usher::http
