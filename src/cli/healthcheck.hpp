#pragma once

#include <string>

namespace usher::cli {

/// What is wrong with the server at HOST:PORT, or empty. With `tls` only a connection is tried.
std::string problem_with_server(const std::string& endpoint, bool tls);

}  // namespace usher::cli
