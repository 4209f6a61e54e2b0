#include "app/signing_keys.hpp"
#include "app/storage.hpp"
#include "base/time.hpp"
#include "cli/command.hpp"
#include "cli/database.hpp"
#include "cli/input.hpp"
#include "features/keys/service.hpp"
#include "features/keys/store.hpp"
#include "json/writer.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <ostream>

namespace usher::cli {
namespace {

crypto::MasterKey master_key(const Session& session)
{
  return app::open_master_key(session.loaded.config, app::Missing::refuse);
}

std::string when(const std::optional<Instant>& instant)
{
  return instant ? rfc3339(*instant) : "-";
}

void print_json(std::ostream& out, const std::vector<keys::KeyRecord>& records)
{
  json::Writer list;
  list.begin_list();
  for (const keys::KeyRecord& record : records) {
    list.begin_object();
    list.key("kid");
    list.text(record.kid);
    list.key("alg");
    list.text(crypto::name_of(record.algorithm));
    list.key("state");
    list.text(tokens::name_of(record.state));
    list.key("created_at");
    list.instant(record.created);
    list.end_object();
  }
  list.end_list();
  out << std::move(list).take() << '\n';
}

Status list(const Invocation& invocation, Io& io)
{
  const Session session{invocation};
  const auto records =
      session.database
          ->read_now([](db::Tx& tx) { return Result<std::vector<keys::KeyRecord>>{keys::all(tx)}; })
          .value();
  if (invocation.given("--json")) {
    print_json(io.out, records);
    return ok;
  }
  io.out << fmt::format(
      "{:<43}  {:<5}  {:<7}  {:<20}  {}\n", "KID", "ALG", "STATE", "CREATED", "ACTIVE SINCE"
  );
  for (const keys::KeyRecord& record : records) {
    io.out << fmt::format(
        "{:<43}  {:<5}  {:<7}  {:<20}  {}\n",
        record.kid,
        crypto::name_of(record.algorithm),
        tokens::name_of(record.state),
        rfc3339(record.created),
        when(record.activated)
    );
  }
  return ok;
}

Status rotate(const Invocation& invocation, Io& io)
{
  const Session session{invocation};
  const crypto::MasterKey master = master_key(session);
  const Instant now = session.clock.now();
  keys::Options options = app::key_options_in_use(session.loaded, *session.database);
  if (invocation.given("--force")) {
    options.published_for = std::chrono::seconds{0};
  }
  (void)app::open_ring_as_it_is(session.loaded.config, master, *session.database);
  const keys::Rotated rotated = value_of(session.database->write_now([&](db::Tx& tx) {
    return keys::rotate(tx, master, options, {}, now);
  }));
  io.out << "Active: " << rotated.active << "\nNext: " << rotated.next << "\nRetired: " << rotated.retired
         << ", published until " << rfc3339(rotated.retired_gone) << "\n";
  return ok;
}

Status drop(const Invocation& invocation, Io& io)
{
  const Session session{invocation};
  const crypto::MasterKey master = master_key(session);
  const std::string kid{invocation.word("KID")};
  (void)app::open_ring_as_it_is(session.loaded.config, master, *session.database);
  (void)value_of(session.database->write_now([&](db::Tx& tx) {
    return keys::drop(tx, master, kid, {}, session.clock.now());
  }));
  io.out << "Dropped: " << kid << "\nTokens that it signed are good for nothing here any more.\n";
  return ok;
}

std::string active_kid(const Session& session)
{
  return session.database
      ->read_now([](db::Tx& tx) -> Result<std::string> {
        const auto active = keys::find_by_state(tx, tokens::KeyState::active);
        return active ? active->kid : std::string{};
      })
      .value();
}

Status export_key(const Invocation& invocation, Io& io)
{
  const Session session{invocation};
  const std::string kid = invocation.given("KID") ? std::string{invocation.word("KID")} : active_kid(session);
  if (!invocation.given("--private")) {
    const auto record = session.database->read_now([&](db::Tx& tx) -> Result<keys::KeyRecord> {
      auto found = keys::find(tx, kid);
      return found ? Result<keys::KeyRecord>{*std::move(found)}
                   : Result<keys::KeyRecord>{refuse(keys::key_not_found)};
    });
    const std::string pem = value_of(record).public_pem;
    if (pem.empty()) {
      throw Failure{
          data_wrong, "key " + kid + " is a shared secret (HS256): it has no public half; see --private"
      };
    }
    io.out << pem;
    return ok;
  }
  const crypto::MasterKey master = master_key(session);
  const Secret pem = value_of(session.database->write_now([&](db::Tx& tx) {
    return keys::export_private(tx, master, kid, {}, session.clock.now());
  }));
  io.out << pem.reveal() << (pem.reveal().ends_with('\n') ? "" : "\n");
  return ok;
}

Status import_key(const Invocation& invocation, Io& io)
{
  const Session session{invocation};
  const crypto::MasterKey master = master_key(session);
  const Secret pem{read_input(std::string{invocation.word("PEMFILE")}, io)};
  const auto algorithm = app::key_options_in_use(session.loaded, *session.database).algorithm;
  const std::string kid = value_of(session.database->write_now([&](db::Tx& tx) {
    return keys::import_key(tx, master, {.algorithm = algorithm, .pem = pem}, {}, session.clock.now());
  }));
  io.out << "Next: " << kid
         << "\nIt signs after the next rotation, in 5 minutes at the earliest: usher key rotate\n";
  return ok;
}

constexpr std::string_view list_details =
    R"(next: published, not yet used. active: signs. retired: published until its last token has died.

Example:
  usher key list --json
)";

constexpr std::string_view rotate_details =
    R"(The next key becomes the active one, the active one retires, and a new next key is published. A running server
follows within a second; tokens signed before stay good until they expire. A next key that was published less than 5
minutes ago is refused (key_too_young): others may not have it yet. --force does not wait for them.

Examples:
  usher key rotate
  usher key rotate --force && usher key drop KID
)";

constexpr std::string_view drop_details =
    R"(Removes a key that does not sign now, at once and with every token it signed: for one that has leaked. Rotate
first if it is the active one. A next key is replaced by a new one.

Example:
  usher key drop 0vAG0Oaz3PZ4k9Ycz0S5Tg1Yb8Yt0T3bJ6rB1g7mJ8E
)";

constexpr std::string_view export_details =
    R"(Prints the public key as PEM; with --private the private key as PKCS#8, which is written to the audit log.

Example:
  usher key export >public.pem
)";

constexpr std::string_view import_details =
    R"(Takes a private key in PEM, of the algorithm in use (or of tokens.alg, where that is set), as the next
one.

Example:
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 | usher key import -
  usher key rotate    # 5 minutes later, when everybody has the new key
)";

constexpr std::array json_option{Word{"--json", "", "as one JSON list"}};
constexpr std::array kid_argument{
    Word{"KID", "", "from `usher key list`, after -- when it begins with -; the active key when left out"}
};
constexpr std::array dropped_argument{
    Word{"KID", "", "from `usher key list`; after -- when it begins with -", true}
};
constexpr std::array force_option{Word{"--force", "", "though others may not have the next key yet"}};
constexpr std::array private_option{Word{"--private", "", "the private half"}};
constexpr std::array pem_argument{Word{"PEMFILE", "", "the private key; - for standard input", true}};

constexpr std::array commands{
    Command{"key list", "the signing keys", list_details, {}, json_option, list},
    Command{"key rotate", "replace the active signing key", rotate_details, {}, force_option, rotate},
    Command{"key drop", "remove a key that has leaked", drop_details, dropped_argument, {}, drop},
    Command{"key export", "print a key", export_details, kid_argument, private_option, export_key},
    Command{"key import", "bring a key of one's own", import_details, pem_argument, {}, import_key},
};

}  // namespace

std::span<const Command> key_commands()
{
  return commands;
}

}  // namespace usher::cli
