#include "cli/database.hpp"

#include "app/storage.hpp"

#include <charconv>

namespace usher::cli {

Session::Session(const Invocation& invocation)
    : loaded{settings(invocation)}, database{app::open_database(loaded.config, app::Missing::refuse).database}
{
}

Failure refused(const Error& error)
{
  std::string lines = error.detail + " (" + std::string{error.code()} + ")";
  for (const FieldError& field : error.fields) {
    lines += "\n" + field.field + ": " + field.reason;
  }
  switch (error.refusal->kind) {
    case Kind::not_found: return {not_there, std::move(lines)};
    case Kind::unavailable: return {try_again, std::move(lines)};
    default: return {data_wrong, std::move(lines)};
  }
}

std::int64_t number_of(std::string_view text, std::string_view what)
{
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size() || number < 1) {
    throw Failure{usage, std::string{what} + " \"" + std::string{text} + "\" is not a positive whole number"};
  }
  return number;
}

}  // namespace usher::cli
