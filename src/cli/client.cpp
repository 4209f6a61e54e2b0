#include "base/time.hpp"
#include "cli/command.hpp"
#include "cli/database.hpp"
#include "features/clients/rules.hpp"
#include "features/clients/service.hpp"
#include "features/clients/store.hpp"
#include "json/writer.hpp"

#include <fmt/format.h>

#include <array>
#include <ostream>

namespace usher::cli {
namespace {

/// What can be known only now.
void print_credential(const Invocation& invocation, Io& io, const Secret& secret)
{
  const std::string_view name = invocation.word("NAME");
  if (invocation.given("--json")) {
    json::Writer out;
    out.begin_object();
    out.member("client_id", name);
    out.member("client_secret", secret.reveal());
    out.end_object();
    io.out << std::move(out).take() << '\n';
    return;
  }
  io.out << "client_id: " << name << "\nclient_secret: " << secret.reveal()
         << "\nThe secret is not kept here and cannot be shown again; if it is lost: usher client rotate "
         << name << '\n';
}

clients::Scopes scopes_named(const Invocation& invocation)
{
  if (!invocation.given("--scope")) {
    return {clients::Scope::introspect};
  }
  auto scopes = clients::parse_scopes(invocation.word("--scope"), ',');
  if (!scopes) {
    throw Failure{
        usage, "--scope must be introspect, revoke, revocations, or several of them with commas between"
    };
  }
  return *std::move(scopes);
}

Status add(const Invocation& invocation, Io& io)
{
  const clients::NewClient wanted{
      .name = std::string{invocation.word("NAME")}, .scopes = scopes_named(invocation)
  };
  const Session session{invocation};
  const Secret secret = value_of(session.database->write_now([&](db::Tx& tx) {
    return clients::add_client(tx, wanted, {}, session.clock.now());
  }));
  print_credential(invocation, io, secret);
  return ok;
}

void print_json(std::ostream& out, const std::vector<clients::Client>& all)
{
  json::Writer list;
  list.begin_list();
  for (const clients::Client& client : all) {
    list.begin_object();
    list.member("client_id", client.name);
    list.member("scope", clients::text_of(client.scopes, ' '));
    list.key("created_at");
    list.instant(client.created);
    list.key("rotated_at");
    list.instant(client.rotated);
    list.end_object();
  }
  list.end_list();
  out << std::move(list).take() << '\n';
}

Status list(const Invocation& invocation, Io& io)
{
  const Session session{invocation};
  const auto all =
      session.database
          ->read_now([](db::Tx& tx) { return Result<std::vector<clients::Client>>{clients::all(tx)}; })
          .value();
  if (invocation.given("--json")) {
    print_json(io.out, all);
    return ok;
  }
  constexpr std::string_view line = "{:<32}  {:<30}  {:<20}  {}\n";
  io.out << fmt::format(line, "CLIENT", "SCOPE", "CREATED", "SECRET SINCE");
  for (const clients::Client& client : all) {
    io.out << fmt::format(
        line,
        client.name,
        clients::text_of(client.scopes, ','),
        rfc3339(client.created),
        rfc3339(client.rotated)
    );
  }
  return ok;
}

Status rotate(const Invocation& invocation, Io& io)
{
  const Session session{invocation};
  const Secret secret = value_of(session.database->write_now([&](db::Tx& tx) {
    return clients::rotate_secret(tx, invocation.word("NAME"), {}, session.clock.now());
  }));
  print_credential(invocation, io, secret);
  return ok;
}

Status remove(const Invocation& invocation, Io& io)
{
  const Session session{invocation};
  (void)value_of(session.database->write_now([&](db::Tx& tx) {
    return clients::delete_client(tx, invocation.word("NAME"), {}, session.clock.now());
  }));
  io.out << "Service credential " << invocation.word("NAME") << " is deleted.\n";
  return ok;
}

constexpr std::string_view add_details =
    R"(Makes a service credential: with it another service asks about tokens over HTTP. The secret is printed once; only
its SHA-256 is kept. A running server knows the credential at once. Scopes: introspect (POST /api/introspect), revoke
(POST /api/revoke), revocations (the revocation feed, where revocations.open is off).

Examples:
  usher client add orders
  usher client add gateway --scope introspect,revoke
  usher client add reports --json | jq -r .client_secret >reports.secret
)";

constexpr std::string_view list_details = R"(Secrets are not among it: nobody has them but the services.

Example:
  usher client list --json
)";

constexpr std::string_view rotate_details =
    R"(A new secret for the same name and scopes. The old one is refused from this moment on.

Example:
  usher client rotate orders
)";

constexpr std::string_view delete_details = R"(The credential is refused from this moment on.

Example:
  usher client delete orders
)";

constexpr Word name{"NAME", "", "the client_id: 1 to 64 of a-z, 0-9, '.', '_', '-'", true};
constexpr std::array one_client{name};
constexpr Word json_word{"--json", "", "as JSON"};
constexpr std::array add_options{
    Word{"--scope", "LIST", "what it may do, with commas between (default: introspect)"}, json_word
};
constexpr std::array list_options{Word{"--json", "", "as one JSON list"}};
constexpr std::array rotate_options{json_word};

constexpr std::array commands{
    Command{"client add", "make a service credential", add_details, one_client, add_options, add},
    Command{"client list", "the service credentials", list_details, {}, list_options, list},
    Command{
        "client rotate",
        "give a service credential a new secret",
        rotate_details,
        one_client,
        rotate_options,
        rotate
    },
    Command{"client delete", "delete a service credential", delete_details, one_client, {}, remove},
};

}  // namespace

std::span<const Command> client_commands()
{
  return commands;
}

}  // namespace usher::cli
