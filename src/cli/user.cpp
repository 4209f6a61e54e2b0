#include "cli/user.hpp"

#include "app/options.hpp"
#include "cli/database.hpp"
#include "cli/input.hpp"
#include "cli/user_text.hpp"
#include "features/accounts/service.hpp"
#include "features/users/pages/store.hpp"
#include "passwords/gate.hpp"
#include "passwords/policy.hpp"
#include "text/email.hpp"

#include <ostream>

namespace usher::cli {
namespace {

constexpr std::size_t page_size = 500;

Layout layout_of(const Invocation& invocation)
{
  return invocation.given("--json") ? Layout::json : Layout::table;
}

accounts::Deed deed(const Session& session)
{
  return {.caller = shell_caller(), .now = session.clock.now()};
}

/// USER is an id or an e-mail address.
users::User find_user(Session& session, const Invocation& invocation)
{
  const std::string_view named = invocation.word("USER");
  if (named.find('@') == std::string_view::npos) {
    const users::UserId id{number_of(named, "USER")};
    return value_of(session.database->read_now([&](db::Tx& tx) { return users::find(tx, id); }));
  }
  const auto key = text::email_key(named);
  auto found = session.database->read_now([&](db::Tx& tx) -> Result<users::User> {
    auto credentials = key ? users::find_by_email_key(tx, *key) : std::nullopt;
    if (!credentials) {
      return refuse(users::user_not_found);
    }
    return std::move(credentials->user);
  });
  return value_of(std::move(found));
}

std::string hash_of(const Secret& password, const users::Profile& owner, const config::Config& config)
{
  passwords::Options options = app::password_options(config);
  const std::string problem = passwords::problem_with(password.reveal(), {owner.name, owner.email}, options);
  if (!problem.empty()) {
    throw Failure{data_wrong, "password: " + problem};
  }
  options.threads = 1;
  return passwords::Gate{options}.hash_now(password);
}

users::Role role_named(std::string_view text)
{
  const auto role = users::parse_role(text);
  if (!role) {
    throw Failure{usage, "ROLE must be USER or ADMIN"};
  }
  return *role;
}

}  // namespace

Status user_add(const Invocation& invocation, Io& io)
{
  Session session{invocation};
  const users::Profile profile{
      .name = std::string{invocation.word("--name")},
      .email = std::string{invocation.word("EMAIL")},
      .age = static_cast<int>(std::min<std::int64_t>(number_of(invocation.word("--age"), "--age"), 1000)),
  };
  if (const Result<Done> checked = users::check(profile); !checked) {
    throw refused(checked.error());  // before anybody types a password
  }
  const users::NewUser wanted{
      .profile = profile,
      .role = invocation.given("--admin") ? users::Role::admin : users::Role::user,
      .password_hash = hash_of(read_password(invocation, io), profile, session.loaded.config),
  };
  const auto made = session.database->write_now([&](db::Tx& tx) {
    return accounts::create_user(tx, deed(session), wanted);
  });
  const users::User user = value_of(made);
  io.out << "Added user " << user.id.value << " <" << user.email << "> with role "
         << users::name_of(user.role) << ".\n";
  return ok;
}

Status user_list(const Invocation& invocation, Io& io)
{
  Session session{invocation};
  const Layout layout = layout_of(invocation);
  users::PageQuery query{.limit = page_size};
  if (invocation.given("--role")) {
    query.role = role_named(invocation.word("--role"));
  }
  UserList list{io.out, layout};
  for (;;) {
    const users::Page page =
        session.database->read_now([&](db::Tx& tx) { return Result<users::Page>{users::page(tx, query)}; }
        ).value();
    list.add(page.users);
    if (page.users.size() < page_size) {
      break;
    }
    query.after = page.places.back();
  }
  list.finish();
  return ok;
}

Status user_show(const Invocation& invocation, Io& io)
{
  Session session{invocation};
  const users::User user = find_user(session, invocation);
  const auto account =
      value_of(session.database->read_now([&](db::Tx& tx) { return accounts::find_account(tx, user.id); }));
  print_account(io.out, account, layout_of(invocation));
  return ok;
}

Status user_disable(const Invocation& invocation, Io& io)
{
  Session session{invocation};
  const users::User user = find_user(session, invocation);
  (void)value_of(session.database->write_now([&](db::Tx& tx) {
    return accounts::disable(tx, deed(session), user.id);
  }));
  io.out << "User " << user.id.value << " is disabled; all sessions are over.\n";
  return ok;
}

Status user_enable(const Invocation& invocation, Io& io)
{
  Session session{invocation};
  const users::User user = find_user(session, invocation);
  (void)value_of(session.database->write_now([&](db::Tx& tx) {
    return accounts::enable(tx, deed(session), user.id);
  }));
  io.out << "User " << user.id.value << " is enabled.\n";
  return ok;
}

Status user_set_role(const Invocation& invocation, Io& io)
{
  const users::Role role = role_named(invocation.word("ROLE"));
  Session session{invocation};
  const users::User user = find_user(session, invocation);
  (void)value_of(session.database->write_now([&](db::Tx& tx) {
    return accounts::set_role(tx, deed(session), user.id, role);
  }));
  io.out << "User " << user.id.value << " has role " << users::name_of(role) << ".\n";
  return ok;
}

Status user_set_password(const Invocation& invocation, Io& io)
{
  Session session{invocation};
  const users::User user = find_user(session, invocation);
  const users::Profile owner{.name = user.name, .email = user.email, .age = user.age};
  const std::string hash = hash_of(read_password(invocation, io), owner, session.loaded.config);
  (void)value_of(session.database->write_now([&](db::Tx& tx) {
    return accounts::set_password(tx, deed(session), user.id, hash);
  }));
  io.out << "User " << user.id.value << " has a new password; all sessions are over.\n";
  return ok;
}

Status user_delete(const Invocation& invocation, Io& io)
{
  Session session{invocation};
  const users::User user = find_user(session, invocation);
  if (!invocation.given("--yes")) {
    throw Failure{
        usage,
        "this deletes user " + std::to_string(user.id.value) + " <" + user.email +
            "> with addresses and sessions for good; say --yes"
    };
  }
  (void)value_of(session.database->write_now([&](db::Tx& tx) {
    return accounts::delete_user(tx, deed(session), user.id);
  }));
  io.out << "User " << user.id.value << " is deleted.\n";
  return ok;
}

}  // namespace usher::cli
