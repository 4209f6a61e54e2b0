#include "app/documents.hpp"

#include "app/api.hpp"
#include "cli/command.hpp"
#include "http/errors_page.hpp"
#include "http/openapi.hpp"
#include "http/postman.hpp"

#include <array>
#include <ostream>

namespace usher::cli {
namespace {

Status print_openapi(const Invocation& invocation, Io& io)
{
  const http::DocumentInfo info = app::document_info();
  if (invocation.given("--postman-environment")) {
    io.out << http::postman_environment(info) << '\n';
    return ok;
  }
  const auto api = app::describe_api();
  if (invocation.given("--errors")) {
    io.out << http::errors_page(api->router, info);
    return ok;
  }
  io.out << (invocation.given("--postman") ? http::postman_collection(api->router, info)
                                           : http::openapi_document(api->router, info))
         << '\n';
  return ok;
}

constexpr std::string_view details =
    R"(Prints the API of this version, made from its route table: the OpenAPI 3.1 document that a running server has at
/openapi.json, or a Postman collection that walks through a fresh server and checks every answer.

Examples:
  usher openapi >openapi.json
  usher openapi --postman >usher.json && usher openapi --postman-environment >env.json && newman run usher.json -e env.json
)";

constexpr std::array options{
    Word{"--postman", "", "a Postman collection 2.1 instead"},
    Word{"--postman-environment", "", "its environment"},
    Word{"--errors", "", "the reference page docs/errors.md instead"},
};

constexpr std::array commands{
    Command{
        .path = "openapi",
        .summary = "the API as a document",
        .details = details,
        .options = options,
        .run = print_openapi,
        .takes_settings = false
    },
};

}  // namespace

std::span<const Command> document_commands()
{
  return commands;
}

}  // namespace usher::cli
