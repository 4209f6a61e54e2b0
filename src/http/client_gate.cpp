#include "http/client_gate.hpp"

#include "crypto/base64url.hpp"
#include "http/head_fields.hpp"

#include <optional>
#include <utility>

namespace usher::http {
namespace {

constexpr std::string_view scheme = "Basic ";

/// RFC 7617 2, with both parts form-encoded within as RFC 6749 2.3.1 has it.
std::optional<ClientCredential> basic_of(std::string_view field)
{
  if (!equal_ignoring_case(field.substr(0, scheme.size()), scheme)) {
    return std::nullopt;
  }
  std::optional<std::string> decoded = crypto::from_base64(field.substr(scheme.size()));
  if (!decoded) {
    return std::nullopt;
  }
  const Secret pair{*std::move(decoded)};
  const auto colon = pair.reveal().find(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  std::optional<std::string> id = form_decoded(pair.reveal().substr(0, colon));
  std::optional<std::string> secret = form_decoded(pair.reveal().substr(colon + 1));
  if (!id || !secret) {
    return std::nullopt;
  }
  return ClientCredential{.id = *std::move(id), .secret = Secret{*std::move(secret)}};
}

/// RFC 6749 2.3: never more than one way in each request. A client_id alone is no way: some libraries send it
/// along with Basic.
Result<ClientCredential> shown_by(const Request& request, std::string_view form)
{
  std::optional<std::string> id = form_value(form, "client_id");
  std::optional<std::string> secret = form_value(form, "client_secret");
  if (request.authorization.data() == nullptr) {
    if (!id || !secret) {
      return refuse(invalid_client);
    }
    return ClientCredential{.id = *std::move(id), .secret = Secret{*std::move(secret)}};
  }
  if (secret) {
    return refuse(invalid_request, "The credential is sent in the Authorization header and in the form.");
  }
  std::optional<ClientCredential> basic = basic_of(request.authorization);
  if (!basic) {
    return refuse(invalid_client);
  }
  if (id && *id != basic->id) {
    return refuse(invalid_request, "The form's client_id is not that of the Authorization header.");
  }
  return *std::move(basic);
}

}  // namespace

Result<Done> pass_client(Request& request, const ClientDemand& demand, ClientAuthenticator& clients)
{
  USHER_TRY(const ClientCredential shown, shown_by(request, demand.form));
  USHER_CHECK(clients.authenticate(shown, demand.scope));
  request.client = shown.id;
  return Done{};
}

}  // namespace usher::http
