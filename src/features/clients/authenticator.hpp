#pragma once

#include "db/door.hpp"
#include "features/clients/client.hpp"
#include "http/client_gate.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"

#include <array>
#include <chrono>

namespace usher::clients {

/// usher_client_requests_total of one outcome.
metrics::Counter& request_counter(metrics::Registry& metrics, Scope what, std::string_view outcome);

/// Answers the client gate's question from the database, each time, and warns in the log of whom it refuses.
///
/// Refuses with http::invalid_client, http::insufficient_scope.
class CredentialAuthenticator final : public http::ClientAuthenticator {
 public:
  /// Whoever guesses cannot fill the log: so many lines a minute; usher_client_requests_total counts all.
  static constexpr int warnings_a_minute = 10;

  CredentialAuthenticator(db::Door& door, metrics::Registry& metrics, log::Logger& log);

  Result<Done> authenticate(const http::ClientCredential& shown, std::string_view scope) override;

 private:
  /// Counts it and warns of it.
  Error refused(const Refusal& why, const http::ClientCredential& shown, std::string_view scope);
  void count_refused(std::string_view scope);
  bool may_warn();

  db::Door& door_;
  log::Logger& log_;
  std::chrono::steady_clock::time_point minute_{};
  int warned_{0};  ///< in that minute
  std::array<metrics::Counter*, all_scopes.size()> refused_{};
};

}  // namespace usher::clients
