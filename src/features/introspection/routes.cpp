#include "features/introspection/routes.hpp"

#include "features/clients/authenticator.hpp"
#include "features/introspection/service.hpp"
#include "features/introspection/wire.hpp"
#include "http/form.hpp"

#include <string>
#include <utility>

namespace usher::introspection {
namespace {

using clients::Scope;
using http::Answer;
using http::Guard;
using http::Method;
using http::Reply;
using http::Request;

/// The dependencies with their counters found once.
struct Room : Deps {
  explicit Room(const Deps& deps) : Deps{deps} {}

  metrics::Counter& active{clients::request_counter(metrics, Scope::introspect, "active")};
  metrics::Counter& inactive{clients::request_counter(metrics, Scope::introspect, "inactive")};
  metrics::Counter& revoked{clients::request_counter(metrics, Scope::revoke, "done")};
  metrics::Counter& nothing{clients::request_counter(metrics, Scope::revoke, "nothing")};
};

/// RFC 7662 2.1, RFC 7009 2.1: it is required.
Result<std::string> token_of(const Request& request)
{
  std::optional<std::string> token = http::form_value(request.body, "token");
  if (!token) {
    return refuse(http::invalid_request, "The form lacks the parameter token.");
  }
  return *std::move(token);
}

Answer post_introspect(const Room& room, const Request& request)
{
  USHER_TRY(const std::string token, token_of(request));
  const Introspection found = examine(room, token);
  (found.active ? room.active : room.inactive).add();
  return http::ok(json::text_of(found, introspection_shape));
}

/// RFC 7009 2.2: a token that is none is as good as revoked.
Reply post_revoke(const Room& room, const Request& request)
{
  USHER_CO_TRY(const std::string token, token_of(request));
  Revocation outcome = Revocation::nothing;
  if (const std::optional<TokenSession> target = session_of(room.mint, token)) {
    const Origin origin = request.from();
    auto work = [&](db::Tx& tx) { return revoke(tx, *target, request.client, origin, room.clock.now()); };
    USHER_CO_TRY(outcome, co_await room.db.write(std::move(work)));
  }
  (outcome == Revocation::done ? room.revoked : room.nothing).add();
  co_return http::ok("{}");
}

}  // namespace

void mount(http::Router& router, const Deps& deps)
{
  const Room room{deps};
  router.mount<Room>(
      room,
      {
          {.method = Method::post,
           .pattern = "/api/introspect",
           .guard = Guard::client,
           .handler = post_introspect,
           .operation = "post_introspect",
           .summary = "Is this token good? (RFC 7662)",
           .body = &token_form_shape,
           .reply = &introspection_shape,
           .body_type = http::form_type,
           .scope = clients::name_of(Scope::introspect)},
          {.method = Method::post,
           .pattern = "/api/revoke",
           .guard = Guard::client,
           .handler = post_revoke,
           .operation = "post_revoke",
           .summary = "End the session of this token (RFC 7009)",
           .body = &token_form_shape,
           .body_type = http::form_type,
           .scope = clients::name_of(Scope::revoke)},
      }
  );
}

}  // namespace usher::introspection
