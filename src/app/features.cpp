#include "app/features.hpp"

#include "app/compat.hpp"
#include "features/accounts/routes.hpp"
#include "features/addresses/routes.hpp"
#include "features/auth/routes.hpp"
#include "features/gateway/routes.hpp"
#include "features/health/routes.hpp"
#include "features/introspection/routes.hpp"
#include "features/keys/routes.hpp"
#include "features/revocations/routes.hpp"
#include "features/search/routes.hpp"
#include "features/setup/routes.hpp"

namespace usher::app {

void mount_features(http::Router& router, Services& services, Loop& loop)
{
  auth::mount(
      router,
      {.db = loop.door,
       .mint = loop.mint,
       .passwords = services.passwords,
       .guessing = services.guessing,
       .metrics = services.metrics,
       .clock = services.clock,
       .options = services.auth_options}
  );
  accounts::mount(
      router,
      {.db = loop.door,
       .passwords = services.passwords,
       .guessing = services.guessing,
       .hashing = services.hashing,
       .cursors = services.cursors,
       .clock = services.clock,
       .options = account_options(services.config, services.password_options)}
  );
  addresses::mount(router, {.db = loop.door, .clock = services.clock});
  const auto audience =
      public_search(services.config) ? search::Audience::everybody : search::Audience::users;
  search::mount(router, {.db = loop.door, .options = {.audience = audience}});
  gateway::mount(router, {.clock = services.clock});
  introspection::mount(
      router,
      {{.db = loop.door,
        .mint = loop.mint,
        .clock = services.clock,
        .reuse_window = services.auth_options.reuse_window},
       services.metrics}
  );
  keys::mount(router, {.keys = services.ring});
  revocations::mount(router, {.feed = services.feed, .channel = loop.channel});
  setup::mount(
      router,
      {.db = loop.door,
       .passwords = services.passwords,
       .clock = services.clock,
       .policy = services.password_options}
  );
  health::mount(router, {.db = loop.door, .accepting = [&services] { return services.ready.load(); }});
}

}  // namespace usher::app
