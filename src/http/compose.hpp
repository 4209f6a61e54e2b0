#pragma once

#include "http/request.hpp"
#include "http/response.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace usher::http {

/// What an answer needs beside the Response.
struct Envelope {
  std::string_view date;  ///< "Date: ...\r\n"
  std::string_view request_id;
  std::string_view cors;  ///< ready lines
  bool keep_alive{true};
  bool http10{false};
  bool secure{false};     ///< adds HSTS
  bool head_only{false};  ///< answer to HEAD: the GET's head, no body
};

/// At most this many bytes come out of compose_head for this response.
std::size_t head_bytes_bound(const Response& response, const Envelope& envelope);

/// Writes status line, headers and blank line; returns how many bytes. `out` holds head_bytes_bound() at
/// least. The security headers stand in every answer, whatever it is.
std::size_t compose_head(const Response& response, const Envelope& envelope, std::span<char> out);

/// 1xx, 204 and 304 never have a body (RFC 9110 6.4.1).
bool has_body(int status);

/// "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", written anew only when the second has changed.
class DateLine {
 public:
  std::string_view at(std::int64_t epoch_seconds);

 private:
  std::int64_t second_{-1};
  std::size_t size_{0};
  std::array<char, 40> text_{};
};

}  // namespace usher::http
