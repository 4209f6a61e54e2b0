#include "features/clients/store.hpp"

#include "base/fault.hpp"
#include "features/clients/rules.hpp"

#include <utility>

namespace usher::clients {
namespace {

/// In the order of the SELECTs below.
Client client_from(const db::Row& row)
{
  std::optional<Scopes> scopes = parse_scopes(row.text(1), ' ');
  if (!scopes) {
    throw Fault{"the table clients holds a scope that this program does not know"};
  }
  return {
      .name = std::string{row.text(0)},
      .scopes = *std::move(scopes),
      .created = from_epoch(row.integer(2)),
      .rotated = from_epoch(row.integer(3)),
  };
}

}  // namespace

std::optional<Client> find(db::Tx& tx, std::string_view name)
{
  return tx.one(
      "SELECT name, scope, created_at, rotated_at FROM clients WHERE name = $1", {name}, client_from
  );
}

std::optional<std::string> secret_of(db::Tx& tx, std::string_view name)
{
  return tx.one("SELECT secret_sha256 FROM clients WHERE name = $1", {name}, [](const db::Row& row) {
    return std::string{row.text(0)};
  });
}

std::set<std::string> marks_of(db::Tx& tx, Scope scope)
{
  std::set<std::string> marks;
  tx.each(
      "SELECT name, scope, created_at, rotated_at, secret_sha256 FROM clients",
      {},
      [&](const db::Row& row) {
        const Client client = client_from(row);
        if (client.scopes.contains(scope)) {
          marks.insert(client.name + ' ' + std::string{row.text(4)});
        }
      }
  );
  return marks;
}

std::vector<Client> all(db::Tx& tx)
{
  return tx.all("SELECT name, scope, created_at, rotated_at FROM clients ORDER BY name", {}, client_from);
}

bool insert(db::Tx& tx, const StoredClient& wanted)
{
  const Client& client = wanted.client;
  tx.notify(channel);
  return tx.execute(
             "INSERT INTO clients (name, scope, created_at, rotated_at, secret_sha256)"
             " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO NOTHING",
             {client.name,
              text_of(client.scopes, ' '),
              epoch_seconds(client.created),
              epoch_seconds(client.rotated),
              wanted.secret_sha256}
         ) == 1;
}

bool replace_secret(db::Tx& tx, std::string_view name, std::string_view secret_sha256, Instant now)
{
  tx.notify(channel);
  return tx.execute(
             "UPDATE clients SET secret_sha256 = $2, rotated_at = $3 WHERE name = $1",
             {name, secret_sha256, epoch_seconds(now)}
         ) == 1;
}

bool erase(db::Tx& tx, std::string_view name)
{
  tx.notify(channel);
  return tx.execute("DELETE FROM clients WHERE name = $1", {name}) == 1;
}

}  // namespace usher::clients
