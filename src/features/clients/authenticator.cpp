#include "features/clients/authenticator.hpp"

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

CredentialAuthenticator::CredentialAuthenticator(db::Door& door, metrics::Registry& metrics) : door_{door}
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
    count_refused(scope);
    return refuse(http::invalid_client);
  }
  if (std::ranges::none_of(client->scopes, [&](Scope held) { return name_of(held) == scope; })) {
    count_refused(scope);
    return refuse(http::insufficient_scope);
  }
  return Done{};
}

void CredentialAuthenticator::count_refused(std::string_view scope)
{
  const auto* const found = std::ranges::find(all_scopes, scope, name_of);
  USHER_ASSERT(found != all_scopes.end());
  refused_.at(static_cast<std::size_t>(found - all_scopes.begin()))->add();
}

}  // namespace usher::clients
