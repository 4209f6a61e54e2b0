#pragma once

#include "http/route_notes.hpp"

#include <span>
#include <string>
#include <string_view>

namespace usher::http {

/// One request of the walk through a fresh server.
struct WalkStep {
  std::string_view name;
  Method method{Method::get};
  std::string_view path;     ///< may hold {{variables}}
  std::string_view token{};  ///< "access_token", "refresh_token", or empty for none
  std::string_view body{};   ///< JSON, may hold {{variables}}
  int status{200};
  std::string_view before{};  ///< script lines, separated by '\n'; `store(name, value)` keeps a variable
  std::string_view after{};   ///< the same, with the answer as `answer`
};

/// Register, log in, look, add an address, refresh, be refused what needs a fresh token, get one, change, log
/// out, log in again for the requests that follow.
std::span<const WalkStep> default_walk();

/// The route table as a Postman Collection 2.1: the folder "Walk", then a folder per tag with every route.
/// Each request asserts its status (a walk step: exactly; a route: one of the documented ones), so `newman
/// run` against a fresh server passes.
std::string postman_collection(
    const Router& router, const DocumentInfo& info, std::span<const WalkStep> walk = default_walk()
);

/// Its variables as an environment: base_url, email, password, the tokens and ids that the walk fills in.
std::string postman_environment(const DocumentInfo& info);

}  // namespace usher::http
