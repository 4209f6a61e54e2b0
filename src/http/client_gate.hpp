#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"
#include "http/form.hpp"
#include "http/request.hpp"

#include <string>
#include <string_view>

namespace usher::http {

/// What a service shows of itself (RFC 6749 2.3.1).
struct ClientCredential {
  std::string id;
  Secret secret;
};

/// Says whether a credential is good and has a scope, or refuses with invalid_client, insufficient_scope.
/// http owns the question; features/clients supplies the answer. One per network loop; used only on it.
class ClientAuthenticator {
 public:
  ClientAuthenticator() = default;
  ClientAuthenticator(const ClientAuthenticator&) = delete;
  ClientAuthenticator& operator=(const ClientAuthenticator&) = delete;
  virtual ~ClientAuthenticator() = default;
  virtual Result<Done> authenticate(const ClientCredential& shown, std::string_view scope) = 0;
};

/// No credential, a malformed one, an unknown name, a wrong secret: one answer for all of them. Slugs and
/// form of these two are those of OAuth (RFC 6749 5.2, RFC 6750 3.1), since OAuth's libraries read them.
inline constexpr Refusal invalid_client{
    Kind::unauthenticated,
    "invalid_client",
    "Client not known",
    "Send the client_id and client_secret of a service credential, as HTTP Basic or in the form."
};
inline constexpr Refusal insufficient_scope{
    Kind::forbidden,
    "insufficient_scope",
    "Scope missing",
    "This service credential lacks the scope that this route wants; make one that has it."
};

/// What a route with Guard::client wants.
struct ClientDemand {
  std::string_view scope{};
  std::string_view form{};  ///< the request's form, checked; empty where the route reads none
};

/// Lets the service through (request.client is filled), or refuses it; also with invalid_request, when it
/// shows a credential in more than one way.
Result<Done> pass_client(Request& request, const ClientDemand& demand, ClientAuthenticator& clients);

}  // namespace usher::http
