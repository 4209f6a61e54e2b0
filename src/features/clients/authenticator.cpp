#include "features/clients/authenticator.hpp"

#include "features/clients/rules.hpp"
#include "features/clients/service.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace usher::clients {

metrics::Counter& request_counter(metrics::Registry& metrics, Scope what, std::string_view outcome)
{
  std::string labels{"what=\""};
  labels += name_of(what);
  labels += "\",outcome=\"";
  labels += outcome;
  labels += '"';
  return metrics.counter("usher_client_requests_total", "Requests of services by outcome.", labels);
}

CredentialAuthenticator::CredentialAuthenticator(db::Door& door, metrics::Registry& metrics, log::Logger& log)
    : door_{door}, log_{log}
{
  std::ranges::transform(all_scopes, refused_.begin(), [&](Scope scope) {
    return &request_counter(metrics, scope, "refused");
  });
}

Result<Done> CredentialAuthenticator::authenticate(
    const http::ClientCredential& shown, std::string_view scope
)
{
  const std::optional<Client> client = door_.read([&](db::Tx& tx) {
    return clients::authenticate(tx, {.name = shown.id, .secret = shown.secret.reveal()});
  });
  if (!client) {
    return refused(http::invalid_client, shown, scope);
  }
  if (std::ranges::none_of(client->scopes, [&](Scope held) { return name_of(held) == scope; })) {
    return refused(http::insufficient_scope, shown, scope);
  }
  return Done{};
}

/// What is no name may be anything, also a secret in the wrong place, and stays out of the log.
Error CredentialAuthenticator::refused(
    const Refusal& why, const http::ClientCredential& shown, std::string_view scope
)
{
  count_refused(scope);
  if (is_client_name(shown.id) && may_warn()) {
    log_.warning("Service refused", {{"client", shown.id}, {"scope", scope}, {"error", why.code}});
  }
  return refuse(why);
}

bool CredentialAuthenticator::may_warn()
{
  const auto now = std::chrono::steady_clock::now();
  if (warned_ == 0 || now - minute_ >= std::chrono::minutes{1}) {
    minute_ = now;
    warned_ = 0;
  }
  return ++warned_ <= warnings_a_minute;
}

void CredentialAuthenticator::count_refused(std::string_view scope)
{
  const auto* const found = std::ranges::find(all_scopes, scope, name_of);
  USHER_ASSERT(found != all_scopes.end());
  refused_.at(static_cast<std::size_t>(found - all_scopes.begin()))->add();
}

}  // namespace usher::clients
