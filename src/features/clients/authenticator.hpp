#pragma once

#include "db/door.hpp"
#include "features/clients/client.hpp"
#include "http/client_gate.hpp"
#include "metrics/metrics.hpp"

#include <array>

namespace usher::clients {

/// usher_client_requests_total of one outcome.
metrics::Counter& request_counter(metrics::Registry& metrics, Scope what, std::string_view outcome);

/// Answers the client gate's question from the database, each time.
///
/// Refuses with http::invalid_client, http::insufficient_scope.
class CredentialAuthenticator final : public http::ClientAuthenticator {
 public:
  CredentialAuthenticator(db::Door& door, metrics::Registry& metrics);

  Result<Done> authenticate(const http::ClientCredential& shown, std::string_view scope) override;

 private:
  void count_refused(std::string_view scope);

  db::Door& door_;
  std::array<metrics::Counter*, all_scopes.size()> refused_{};
};

}  // namespace usher::clients
