#include "http/request.hpp"

#include "http/form.hpp"
#include "text/unicode.hpp"

#include <algorithm>
#include <charconv>

namespace usher::http {
namespace {

constexpr std::size_t user_agent_bytes_max = 256;

Error refuse_parameter(std::string_view name, std::string_view reason)
{
  return refuse_fields({{.field = std::string{name}, .reason = std::string{reason}}});
}

}  // namespace

std::string_view name_of(Method method)
{
  switch (method) {
    case Method::get: return "GET";
    case Method::head: return "HEAD";
    case Method::post: return "POST";
    case Method::put: return "PUT";
    case Method::patch: return "PATCH";
    case Method::del: return "DELETE";
    case Method::options: return "OPTIONS";
    case Method::other: return "OTHER";
  }
  return "OTHER";
}

std::string_view Request::param(std::string_view name) const
{
  const auto found = std::ranges::find(params, name, &Param::name);
  return found == params.end() ? std::string_view{} : found->value;
}

std::optional<std::int64_t> Request::number(std::string_view name) const
{
  const std::string_view text = param(name);
  if (text == "me" && name == "id" && caller.somebody()) {
    return caller.user;
  }
  if (text.empty() || text.front() == '-' || text.front() == '0') {
    return std::nullopt;
  }
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

Result<std::optional<std::string>> Request::query_value(std::string_view name) const
{
  std::optional<std::string> value;
  std::string_view rest = query;
  while (!rest.empty()) {
    const FormParameter next = next_parameter(rest);
    if (form_decoded(next.name) != name) {
      continue;
    }
    if (value) {
      return refuse_parameter(name, "is given more than once");
    }
    value = form_decoded(next.value);
    if (!value || !text::is_utf8(*value)) {
      return refuse_parameter(name, "is not percent-encoded UTF-8");
    }
  }
  return value;
}

Origin Request::from() const
{
  return {
      .address = std::string{address},
      .user_agent = text::cut(user_agent, user_agent_bytes_max),
      .request_id = std::string{request_id},
  };
}

}  // namespace usher::http
