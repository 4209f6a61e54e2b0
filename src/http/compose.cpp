#include "http/compose.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>

namespace usher::http {
namespace {

constexpr std::string_view fixed_lines =
    "Server: usher\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n";
constexpr std::string_view csp_name = "Content-Security-Policy";
constexpr std::string_view csp_line =
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n";
constexpr std::string_view hsts_line = "Strict-Transport-Security: max-age=31536000\r\n";

/// More than all fixed parts together.
constexpr std::size_t fixed_bytes_max = 1024;

std::string_view reason(int status)
{
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 409: return "Conflict";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return "Status";
  }
}

class Cursor {
 public:
  explicit Cursor(char* at) : at_{at} {}

  void text(std::string_view bytes) { at_ = std::ranges::copy(bytes, at_).out; }

  void number(std::uint64_t value) { at_ = std::to_chars(at_, at_ + 20, value).ptr; }

  void line(std::string_view name, std::string_view value)
  {
    // RFC 9110 5.5: a line break in a value would forge a header; such a value is not sent at all.
    if (value.find_first_of(std::string_view{"\r\n\0", 3}) != std::string_view::npos) {
      return;
    }
    text(name);
    text(": ");
    text(value);
    text("\r\n");
  }

  char* at() const { return at_; }

 private:
  char* at_;
};

void write_content(Cursor& out, const Response& response)
{
  if (!has_body(response.status)) {
    return;
  }
  if (!response.content_type.empty()) {
    // JSON is UTF-8 anyway (RFC 8259 8.1); saying so keeps old clients from guessing.
    const std::string_view type = response.content_type;
    const bool is_text = type.starts_with("text/") || type.ends_with("json");
    out.text("Content-Type: ");
    out.text(type);
    out.text(is_text && type.find(';') == std::string_view::npos ? "; charset=utf-8\r\n" : "\r\n");
  }
  if (!response.content_encoding.empty()) {
    out.line("Content-Encoding", response.content_encoding);
  }
  if (response.stream) {
    return;  // it ends when the connection does (RFC 9112 6.3)
  }
  out.text("Content-Length: ");
  out.number(response.content().size());
  out.text("\r\n");
}

void write_extra(Cursor& out, const Response& response)
{
  bool own_policy = false;
  for (const Response::Header& header : response.headers) {
    out.line(header.name, header.value);
    own_policy = own_policy || header.name == csp_name;
  }
  if (!own_policy) {
    out.text(csp_line);
  }
}

}  // namespace

bool has_body(int status)
{
  return status >= 200 && status != 204 && status != 304;
}

std::size_t head_bytes_bound(const Response& response, const Envelope& envelope)
{
  std::size_t bytes = fixed_bytes_max + response.content_type.size() + response.etag.size() +
                      response.location.size() + response.cache_control.size() + envelope.cors.size() +
                      envelope.request_id.size();
  for (const Response::Header& header : response.headers) {
    bytes += header.name.size() + header.value.size() + 4;
  }
  return bytes;
}

std::size_t compose_head(const Response& response, const Envelope& envelope, std::span<char> out)
{
  Cursor cursor{out.data()};
  cursor.text("HTTP/1.1 ");
  cursor.number(static_cast<std::uint64_t>(response.status));
  cursor.text(" ");
  cursor.text(reason(response.status));
  cursor.text("\r\n");
  cursor.text(envelope.date);
  write_content(cursor, response);
  if (!response.etag.empty()) {
    cursor.line("ETag", response.etag);
  }
  if (!response.location.empty()) {
    cursor.line("Location", response.location);
  }
  if (!response.cache_control.empty()) {
    cursor.line("Cache-Control", response.cache_control);
  }
  cursor.line("X-Request-Id", envelope.request_id);
  cursor.text(fixed_lines);
  write_extra(cursor, response);
  if (envelope.secure) {
    cursor.text(hsts_line);
  }
  cursor.text(envelope.cors);
  if (!envelope.keep_alive) {
    cursor.text("Connection: close\r\n");
  } else if (envelope.http10) {
    cursor.text("Connection: keep-alive\r\n");
  }
  cursor.text("\r\n");
  return static_cast<std::size_t>(cursor.at() - out.data());
}

std::string_view DateLine::at(std::int64_t epoch_seconds)
{
  if (epoch_seconds != second_) {
    second_ = epoch_seconds;
    const std::time_t second = epoch_seconds;
    std::tm utc{};
    gmtime_r(&second, &utc);
    size_ = std::strftime(text_.data(), text_.size(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &utc);
  }
  return {text_.data(), size_};
}

}  // namespace usher::http
