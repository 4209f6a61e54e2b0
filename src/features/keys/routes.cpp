#include "features/keys/routes.hpp"

#include <memory>

namespace usher::keys {
namespace {

using http::Answer;
using http::Guard;
using http::Method;
using http::Request;

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
      .cache_control = "public, max-age=300",
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
           .summary = "Public signing keys (RFC 7517), with which any service can verify access tokens.",
           .reply_type = "application/jwk-set+json"},
      }
  );
}

}  // namespace usher::keys
