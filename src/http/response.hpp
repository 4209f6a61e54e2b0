#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace usher::http {

class Seat;

/// What a handler answers. `content_type` and header names are literals.
struct Response {
  struct Header {
    std::string_view name;
    std::string value;  ///< never from a client; checked for CR and LF before sending all the same
  };

  int status{200};
  std::string_view content_type{"application/json"};
  std::string body{};
  std::string etag{};  ///< with its quotes; empty for none
  std::string location{};
  std::string_view cache_control{"no-store"};
  std::vector<Header> headers{};
  std::shared_ptr<const std::string> shared_body{};  ///< instead of `body`: one that many answers have
  std::string_view content_encoding{};               ///< what the body was put through: "gzip", or nothing
  std::shared_ptr<Seat> stream{};                    ///< events follow the body (http/event_streams.hpp)

  std::string_view content() const { return shared_body ? std::string_view{*shared_body} : body; }
};

inline Response ok(std::string json)
{
  return {.status = 200, .body = std::move(json)};
}

inline Response created(std::string json, std::string location)
{
  return {.status = 201, .body = std::move(json), .location = std::move(location)};
}

inline Response no_content()
{
  return {.status = 204, .content_type = "", .body = ""};
}

/// 200 {"message": "..."}; `text` is a literal.
Response message(std::string_view text);

}  // namespace usher::http
