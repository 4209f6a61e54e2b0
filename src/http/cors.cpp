#include "http/cors.hpp"

#include "base/fault.hpp"
#include "http/head_fields.hpp"

#include <algorithm>

namespace usher::http {
namespace {

constexpr std::string_view vary_line = "Vary: Origin\r\n";

bool is_origin(std::string_view text)
{
  const bool https = text.starts_with("https://");
  if (!https && !text.starts_with("http://")) {
    return false;
  }
  const std::string_view host = text.substr(https ? 8 : 7);
  return is_host(host) && std::ranges::none_of(host, [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool lists(std::string_view allowed, std::string_view method)
{
  while (!allowed.empty()) {
    if (next_element(allowed) == method) {
      return true;
    }
  }
  return false;
}

}  // namespace

Cors::Cors(const std::vector<std::string>& origins)
{
  for (const std::string& origin : origins) {
    if (!is_origin(origin)) {
      throw Fault{
          "http.cors_origins: \"" + origin +
          "\" is not an origin such as https://app.example.org (no path, lower case)"
      };
    }
    origins_.push_back(
        {.text = origin,
         .lines = std::string{vary_line} + "Access-Control-Allow-Origin: " + origin +
                  "\r\nAccess-Control-Expose-Headers: ETag, Link, Location, Retry-After, WWW-Authenticate, "
                  "X-Request-Id\r\n"}
    );
  }
}

const Cors::Origin* Cors::find(std::string_view origin) const
{
  const auto found = std::ranges::find(origins_, origin, &Origin::text);
  return found == origins_.end() ? nullptr : &*found;
}

std::string_view Cors::lines_for(const Request& request) const
{
  if (origins_.empty()) {
    return {};
  }
  const Origin* const origin = find(request.origin);
  return origin != nullptr ? std::string_view{origin->lines} : vary_line;
}

std::vector<Response::Header> Cors::preflight(const Request& request, const std::string& allowed) const
{
  if (find(request.origin) == nullptr || !lists(allowed, request.request_method)) {
    return {};
  }
  return {
      {.name = "Access-Control-Allow-Methods", .value = allowed},
      {.name = "Access-Control-Allow-Headers", .value = "Authorization, Content-Type, If-Match, If-None-Match"
      },
      {.name = "Access-Control-Max-Age", .value = "600"},
  };
}

}  // namespace usher::http
