#include "features/clients/service.hpp"

#include "audit/audit.hpp"
#include "crypto/digest.hpp"
#include "crypto/random.hpp"
#include "features/clients/rules.hpp"
#include "features/clients/store.hpp"

#include <utility>

namespace usher::clients {
namespace {

/// What a secret is held against where there is none: as long as the SHA-256 of one, and of none.
constexpr std::string_view of_nobody = "-------------------------------------------";

Secret make_secret()
{
  return Secret{crypto::random_token(secret_bytes)};
}

void note(db::Tx& tx, std::string_view what, std::string_view detail, const Origin& origin, Instant now)
{
  audit::record(tx, {.what = what, .detail = detail}, origin, now);
}

}  // namespace

Result<Secret> add_client(db::Tx& tx, const NewClient& wanted, const Origin& origin, Instant now)
{
  if (!is_client_name(wanted.name)) {
    return refuse(client_name_invalid);
  }
  Secret secret = make_secret();
  const StoredClient client{
      .client = {.name = wanted.name, .scopes = wanted.scopes, .created = now, .rotated = now},
      .secret_sha256 = crypto::sha256_base64url(secret.reveal()),
  };
  if (!insert(tx, client)) {
    return refuse(client_exists);
  }
  note(tx, "client_added", "client=" + wanted.name + " scope=" + text_of(wanted.scopes, ','), origin, now);
  return secret;
}

Result<Secret> rotate_secret(db::Tx& tx, std::string_view name, const Origin& origin, Instant now)
{
  Secret secret = make_secret();
  if (!replace_secret(tx, name, crypto::sha256_base64url(secret.reveal()), now)) {
    return refuse(client_not_found);
  }
  note(tx, "client_rotated", "client=" + std::string{name}, origin, now);
  return secret;
}

Result<Done> delete_client(db::Tx& tx, std::string_view name, const Origin& origin, Instant now)
{
  if (!erase(tx, name)) {
    return refuse(client_not_found);
  }
  note(tx, "client_deleted", "client=" + std::string{name}, origin, now);
  return Done{};
}

std::optional<Client> authenticate(db::Tx& tx, const Shown& shown)
{
  const std::string sha256 = crypto::sha256_base64url(shown.secret);
  // Of any length and of any bytes, until it is found to be a name.
  const std::optional<std::string> stored = secret_of(tx, is_client_name(shown.name) ? shown.name : "?");
  const bool same = crypto::equal(sha256, stored ? std::string_view{*stored} : of_nobody);
  return stored && same ? find(tx, shown.name) : std::nullopt;
}

}  // namespace usher::clients
