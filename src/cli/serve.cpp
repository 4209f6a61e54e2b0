#include "app/serve.hpp"

#include "app/signing_keys.hpp"
#include "app/storage.hpp"
#include "cli/command.hpp"

#include <array>
#include <ostream>

namespace usher::cli {
namespace {

Status serve(const Invocation& invocation, Io& io)
{
  const config::Loaded loaded = settings(invocation);
  const auto reload = [sources = invocation.sources] { return config::load(sources); };
  app::serve(loaded, reload, io.out);
  return ok;
}

Status init_db(const Invocation& invocation, Io& io)
{
  const config::Loaded loaded = settings(invocation);
  const app::Opened opened = app::open_database(loaded.config, app::Missing::create);
  const crypto::MasterKey master = app::open_master_key(loaded.config, app::Missing::create);
  (void)app::open_ring_as_it_is(loaded.config, master, *opened.database);
  const std::string file = loaded.config.data.database_file();
  if (opened.created) {
    io.out << "Made " << file << " with " << opened.migrations << " migrations.\n";
  } else if (opened.migrations > 0) {
    io.out << "Brought " << file << " up to date with " << opened.migrations << " migrations.\n";
  } else {
    io.out << file << " is up to date.\n";
  }
  return ok;
}

constexpr std::string_view serve_details =
    R"(Makes what is missing (data directory, database, master key, signing key), listens, and prints a one-time link
for the first administrator while there is none. SIGTERM and SIGINT let requests under way finish, a second one
ends at once; SIGHUP rereads certificates and log.level.

Examples:
  usher serve
  usher serve --listen 127.0.0.1:9000 --data /var/lib/usher
  USHER_ADMIN_EMAIL=a@example.com USHER_ADMIN_PASSWORD_FILE=/run/secrets/admin usher serve --listen 0.0.0.0:8080
)";

constexpr std::string_view init_db_details =
    R"(Makes the data directory, the database, the master key and a signing key, or brings an older database up to date. `usher serve`
does the same at its start; this is for installations that want it as a step of its own.

Example:
  usher init-db --data /var/lib/usher
)";

constexpr std::array commands{
    Command{.path = "serve", .summary = "run the server", .details = serve_details, .run = serve},
    Command{
        .path = "init-db",
        .summary = "make the database, or bring it up to date",
        .details = init_db_details,
        .run = init_db
    },
};

}  // namespace

std::span<const Command> serve_commands()
{
  return commands;
}

}  // namespace usher::cli
