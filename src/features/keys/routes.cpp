#include "features/keys/routes.hpp"

#include "features/keys/service.hpp"

#include <memory>

namespace usher::keys {
namespace {

using http::Answer;
using http::Guard;
using http::Method;
using http::Request;

constexpr std::string_view cache_control = "public, max-age=300";
static_assert(jwks_max_age.count() == 300, "a key is published for as long before it signs");

/// This loop's eye on the ring; handlers run on that loop only.
struct Room {
  std::shared_ptr<Published<tokens::KeyRing>::View> keys;
};

Answer get_jwks(const Room& room, const Request& /*request*/)
{
  const tokens::KeyRing& ring = room.keys->get();
  return http::Response{
      .content_type = "application/jwk-set+json",
      .body = ring.jwks(),
      .etag = ring.jwks_etag(),
      .cache_control = cache_control,
  };
}

}  // namespace

void mount(http::Router& router, const Deps& deps)
{
  router.mount<Room>(
      Room{.keys = std::make_shared<Published<tokens::KeyRing>::View>(deps.keys)},
      {
          {.method = Method::get,
           .pattern = "/.well-known/jwks.json",
           .guard = Guard::open,
           .handler = get_jwks,
           .operation = "get_jwks",
           .summary = "Public signing keys (RFC 7517), with which any service can verify access tokens",
           .reply_type = "application/jwk-set+json"},
      }
  );
}

}  // namespace usher::keys
