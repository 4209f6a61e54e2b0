#include "http/response.hpp"

#include "json/writer.hpp"

namespace usher::http {

Response message(std::string_view text)
{
  json::Writer out;
  out.begin_object();
  out.key("message");
  out.text(text);
  out.end_object();
  return ok(std::move(out).take());
}

}  // namespace usher::http
