#include "http/negotiation.hpp"

#include "http/form.hpp"
#include "http/head_fields.hpp"

namespace usher::http {
namespace {

constexpr std::string_view json_type = "application/json";
constexpr std::string_view problem_type = "application/problem+json";

/// Cuts the next ";"-separated piece off.
std::string_view next_piece(std::string_view& text)
{
  const auto end = text.find(';');
  const std::string_view piece = trimmed(text.substr(0, end));
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  return piece;
}

bool says_utf8(std::string_view parameter)
{
  const auto equals = parameter.find('=');
  if (!equal_ignoring_case(parameter.substr(0, equals), "charset")) {
    return true;
  }
  std::string_view charset =
      equals == std::string_view::npos ? std::string_view{} : parameter.substr(equals + 1);
  if (charset.size() > 2 && charset.starts_with('"') && charset.ends_with('"')) {
    charset = charset.substr(1, charset.size() - 2);
  }
  return equal_ignoring_case(charset, "utf-8");
}

/// q=0, q=0.0, ... mean "not this".
bool is_ruled_out(std::string_view parameter)
{
  return parameter.size() >= 3 && equal_ignoring_case(parameter.substr(0, 2), "q=") &&
         parameter.substr(2).find_first_not_of("0.") == std::string_view::npos;
}

bool range_covers(std::string_view range, std::string_view type)
{
  if (range == "*/*") {
    return true;
  }
  if (range.ends_with("/*")) {
    return type.size() > range.size() &&
           equal_ignoring_case(range.substr(0, range.size() - 1), type.substr(0, range.size() - 1));
  }
  // Who asks for JSON takes a key set (application/jwk-set+json) too.
  const bool is_json = type.ends_with("+json") && equal_ignoring_case(range, json_type);
  return is_json || equal_ignoring_case(range, type);
}

bool accepts(std::string_view accept, std::string_view type)
{
  while (!accept.empty()) {
    std::string_view element = next_element(accept);
    if (!range_covers(next_piece(element), type)) {
      continue;
    }
    bool ruled_out = false;
    while (!element.empty()) {
      ruled_out = is_ruled_out(next_piece(element)) || ruled_out;
    }
    if (!ruled_out) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool is_readable(const Request& request, const Router::Entry& entry)
{
  if (!request.content_encoding.empty() && !equal_ignoring_case(request.content_encoding, "identity")) {
    return false;
  }
  std::string_view rest = request.content_type;
  if (rest.empty()) {
    return request.body.empty();
  }
  const std::string_view type = next_piece(rest);
  const bool also_json = entry.body_type != form_type && equal_ignoring_case(type, json_type);
  if (!also_json && !equal_ignoring_case(type, entry.body_type)) {
    return false;
  }
  bool utf8 = true;
  while (!rest.empty()) {
    utf8 = says_utf8(next_piece(rest)) && utf8;
  }
  return utf8;
}

bool is_welcome(const Request& request, const Router::Entry& entry)
{
  if (request.accept.empty() || request.accept == "*/*" || entry.status == 204) {
    return true;
  }
  std::string_view reply = entry.reply_type;
  reply = reply.substr(0, reply.find(';'));
  return accepts(request.accept, reply) || accepts(request.accept, problem_type);
}

bool matches_tag(std::string_view list, std::string_view etag)
{
  const auto strong = [](std::string_view tag) { return tag.starts_with("W/") ? tag.substr(2) : tag; };
  while (!list.empty()) {
    const std::string_view element = next_element(list);
    if (element == "*" || strong(element) == strong(etag)) {
      return true;
    }
  }
  return false;
}

}  // namespace usher::http
