#pragma once

#include "http/loop.hpp"

#include <string>
#include <string_view>

namespace usher::http {

/// "127.0.0.1:8080", "[::1]:8080", "localhost:8080"; "*:8080" and ":8080" are every address of both families.
/// Throws Fault naming http.listen.
Endpoint parse_endpoint(std::string_view text);

/// Throws Fault when something listens there already. SO_REUSEPORT alone would let a second server of the
/// same user share the port unnoticed.
void check_free(const Endpoint& endpoint);

std::string url_of(const Endpoint& endpoint, bool tls);

}  // namespace usher::http
