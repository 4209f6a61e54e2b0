#include "app/documents.hpp"

#include "base/refusals.hpp"
#include "crypto/digest.hpp"
#include "features/auth/service.hpp"
#include "http/docs_assets.hpp"
#include "http/docs_page.hpp"
#include "http/openapi.hpp"
#include "http/refusals.hpp"
#include "tokens/refusals.hpp"

#include <array>

namespace usher::app {
namespace {

using http::Answer;
using http::Guard;
using http::Method;
using http::Request;
using http::Response;

constexpr std::string_view page_policy = "default-src 'none'; style-src 'self'; frame-ancestors 'none'";
/// Swagger UI brings styles of its own on elements and icons as data: URLs.
constexpr std::string_view browser_policy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

constexpr std::array<const Refusal*, 8> token_refusals{
    &tokens::token_malformed,
    &tokens::token_signature_invalid,
    &tokens::token_wrong_type,
    &tokens::token_claims_invalid,
    &tokens::token_expired,
    &tokens::token_not_yet_valid,
    &auth::session_ended,
    &token_revoked,
};

constexpr std::array tags{
    http::Tag{"/api/register", "accounts", "Registering."},
    http::Tag{"/api/auth", "sessions", "Logging in, staying logged in, logging out."},
    http::Tag{"/api/refresh", "sessions", ""},
    http::Tag{"/api/logout", "sessions", ""},
    http::Tag{"/api/sessions", "sessions", ""},
    http::Tag{"/api/users/{id}/sessions", "sessions", ""},
    http::Tag{"/api/users/{id}/addresses", "addresses", "Postal addresses of a user."},
    http::Tag{"/api/users", "users", "Users: oneself, and all of them for administrators."},
    http::Tag{"/api/introspect", "introspection", "What a service with a credential may ask and do."},
    http::Tag{"/api/revoke", "introspection", ""},
    http::Tag{
        "/api/revocations", "revocations", "What was revoked, for services that check tokens by themselves."
    },
    http::Tag{"/.well-known", "keys", "What other services need to check tokens by themselves."},
    http::Tag{"/api/setup", "setup", "The first administrator."},
    http::Tag{"/setup", "setup", ""},
    http::Tag{"/", "service", "Health, version, documentation."},
};

struct Room {
  Documents* documents;
  const http::Router* router;
};

Response shown(const Request& request, Response response)
{
  response.cache_control = "no-cache";
  if (request.if_none_match == response.etag) {
    response.status = 304;
    response.body.clear();
  }
  return response;
}

Answer get_openapi(const Room& room, const Request& request)
{
  const Documents::Made& made = room.documents->from(*room.router);
  return shown(request, {.body = made.openapi, .etag = made.openapi_etag});
}

Answer get_docs(const Room& room, const Request& request)
{
  const Documents::Made& made = room.documents->from(*room.router);
  return shown(
      request,
      {.content_type = "text/html; charset=utf-8",
       .body = made.page,
       .etag = made.page_etag,
       .headers = {{.name = "Content-Security-Policy", .value = std::string{page_policy}}}}
  );
}

Answer get_docs_style(const Room& /*room*/, const Request& request)
{
  const std::string_view css = http::docs_css();
  return shown(
      request,
      {.content_type = "text/css; charset=utf-8",
       .body = std::string{css},
       .etag = '"' + crypto::sha256_base64url(css) + '"'}
  );
}

Answer get_docs_asset(const Room& /*room*/, const Request& request)
{
  for (const http::DocsAsset& asset : http::docs_assets()) {
    if (asset.path == request.path) {
      return shown(
          request,
          {.content_type = asset.content_type,
           .body = std::string{asset.bytes},
           .etag = std::string{asset.etag},
           .headers = {{.name = "Content-Security-Policy", .value = std::string{browser_policy}}}}
      );
    }
  }
  return refuse(http::route_not_found);
}

std::vector<http::Route<Room>> page_routes()
{
  if (http::docs_assets().empty()) {
    return {
        {.method = Method::get,
         .pattern = "/docs",
         .guard = Guard::open,
         .handler = get_docs,
         .operation = "get_docs",
         .summary = "This API as a page to read.",
         .reply_type = "text/html"},
        {.method = Method::get,
         .pattern = http::docs_css_path,
         .guard = Guard::open,
         .handler = get_docs_style,
         .operation = "get_docs_style",
         .summary = "Style of that page.",
         .reply_type = "text/css"},
    };
  }
  std::vector<http::Route<Room>> routes;
  for (const http::DocsAsset& asset : http::docs_assets()) {
    const bool page = asset.path == "/docs";
    routes.push_back({
        .method = Method::get,
        .pattern = asset.path,
        .guard = Guard::open,
        .handler = get_docs_asset,
        .operation = page ? "get_docs" : asset.path.substr(1),
        .summary = page ? "This API as a page to read and try." : "Part of that page.",
        .reply_type = asset.content_type.substr(0, asset.content_type.find(';')),
    });
  }
  return routes;
}

}  // namespace

const Documents::Made& Documents::from(const http::Router& router)
{
  std::call_once(once_, [&] {
    made_.openapi = http::openapi_document(router, document_info());
    made_.openapi_etag = '"' + crypto::sha256_base64url(made_.openapi) + '"';
    made_.page = http::docs_page(router, document_info());
    made_.page_etag = '"' + crypto::sha256_base64url(made_.page) + '"';
  });
  return made_;
}

http::DocumentInfo document_info()
{
  return {.token_refusals = token_refusals, .tags = tags};
}

void mount_documents(http::Router& router, Documents& documents)
{
  const Room room{.documents = &documents, .router = &router};
  router.mount<Room>(
      room,
      {
          {.method = Method::get,
           .pattern = "/openapi.json",
           .guard = Guard::open,
           .handler = get_openapi,
           .operation = "get_openapi",
           .summary = "This API as an OpenAPI 3.1 document."},
      }
  );
  router.mount<Room>(room, page_routes());
}

}  // namespace usher::app
