#include "app/site.hpp"

#include "app/compat.hpp"
#include "app/features.hpp"
#include "features/auth/authenticator.hpp"
#include "features/clients/authenticator.hpp"
#include "features/health/routes.hpp"

namespace usher::app {
namespace {

/// Every guard of a site without one is `open`.
class Nobody final : public http::Authenticator {
 public:
  Result<Caller> authenticate(std::string_view /*token*/, http::TokenUse /*use*/) override
  {
    return refuse(http::token_missing);
  }
};

}  // namespace

Loop::Loop(Services& services, const Executor& executor)
    : door{*services.database, executor},
      mint{services.ring, services.auth_options.tokens, services.clock},
      channel{services.feed, executor, mint}
{
}

http::MakeSite make_site(Services& services)
{
  return [&services](const Executor& executor) {
    auto loop = std::make_shared<Loop>(services, executor);
    auto site = std::make_unique<http::Site>();
    site->kept = loop;
    site->authenticator =
        std::make_unique<auth::TokenAuthenticator>(loop->mint, loop->door, services.revoked, services.clock);
    site->clients =
        std::make_unique<clients::CredentialAuthenticator>(loop->door, services.metrics, services.log);
    mount_features(site->router, services, *loop);
    if (services.config.http.metrics_listen == "same") {
      health::mount_metrics(site->router, services.metrics);
    }
    mount_documents(site->router, services.documents);
    if (services.config.compat != config::Compat::off) {
      speak_the_courses_letter(*site, services, *loop);
    }
    return site;
  };
}

http::MakeSite make_metrics_site(Services& services)
{
  return [&services](const Executor& /*executor*/) {
    auto site = std::make_unique<http::Site>();
    site->authenticator = std::make_unique<Nobody>();
    health::mount_metrics(site->router, services.metrics);
    return site;
  };
}

}  // namespace usher::app
