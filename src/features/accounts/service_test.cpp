#include "features/accounts/service.hpp"

#include "audit/audit.hpp"
#include "crypto/random.hpp"
#include "features/addresses/store.hpp"
#include "features/sessions/store.hpp"
#include "testing/database.hpp"

#include <gmock/gmock.h>

#include <limits>

namespace usher::accounts {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using users::Expected;
using users::Role;
using users::User;
using users::UserId;

const Instant noon = from_epoch(1'795'000'000);

class Accounts : public ::testing::Test {
 protected:
  template <class Work>
  auto in(Work work)
  {
    return testing::in(*database_, std::move(work));
  }

  User add(const char* email, Role role = Role::user)
  {
    const users::NewUser wanted{
        .profile = {.name = "Somebody", .email = email, .age = 36}, .role = role, .password_hash = "$old"
    };
    return in([&](db::Tx& tx) { return create_user(tx, shell(), wanted); }).value();
  }

  static Deed shell() { return {.caller = shell_caller(), .now = noon}; }

  Deed by(const User& user) { return by(user, log_in(user)); }

  static Deed by(const User& user, const Uuid& session)
  {
    return {
        .caller =
            {.user = user.id.value,
             .session = session,
             .generation = user.generation,
             .admin = user.role == Role::admin,
             .fresh = true},
        .now = noon
    };
  }

  Deed stale(const User& user)
  {
    Deed deed = by(user);
    deed.caller.fresh = false;
    return deed;
  }

  Deed signed_out(const User& user)
  {
    const Deed deed = by(user);
    const auto end = [&](db::Tx& tx) {
      return sessions::end(tx, deed.caller.session, sessions::EndReason::ended_by_user, noon);
    };
    in(end);
    return deed;
  }

  Uuid log_in(const User& user)
  {
    const sessions::Session session{
        .id = crypto::make_uuid7(),
        .user = user.id,
        .generation = user.generation,
        .created = noon,
        .refreshed = noon,
        .idle_expires = noon + std::chrono::hours{1},
        .expires = noon + std::chrono::hours{1},
        .auth_time = noon
    };
    in([&](db::Tx& tx) { sessions::insert(tx, session); });
    return session.id;
  }

  std::optional<sessions::Session> session(const Uuid& id)
  {
    return in([&](db::Tx& tx) { return sessions::find(tx, id); });
  }

  std::optional<sessions::EndReason> end_of(const Uuid& id)
  {
    const auto found = session(id);
    return found ? found->end_reason : std::nullopt;
  }

  /// The generation under which the user's tokens are dead by the newest revocation; 0 for none.
  std::int64_t dead_under(UserId user)
  {
    std::int64_t generation = 0;
    for (const auto& revoked : in([](db::Tx& tx) { return sessions::revocations_since(tx, 0); })) {
      generation = revoked.user == user && revoked.generation > 0 ? revoked.generation : generation;
    }
    return generation;
  }

  Result<Account> change(const Deed& deed, UserId id, const Change& wanted, const Expected& expected = {})
  {
    return in([&](db::Tx& tx) { return change_user(tx, deed, id, wanted, expected); });
  }

  Result<Done> remove(const Deed& deed, UserId id, const Expected& expected = {})
  {
    return in([&](db::Tx& tx) { return delete_user(tx, deed, id, expected); });
  }

  User now(UserId id)
  {
    return in([&](db::Tx& tx) { return users::find(tx, id); }).value();
  }

  std::vector<std::string> events_of(UserId id)
  {
    std::vector<std::string> events;
    for (const audit::Entry& entry : in([&](db::Tx& tx) { return audit::recent(tx, id.value, {}); })) {
      events.push_back(entry.event);
    }
    return events;
  }

  testing::TestDatabase database_{
      users::migrations(), addresses::migrations(), sessions::migrations(), audit::migrations()
  };
  User root = add("root@example.org", Role::admin);
  User ada = add("ada@example.org");
};

template <class T>
std::string_view code_of(const Result<T>& result)
{
  return result ? "done" : result.error().code();
}

// Creating

TEST_F(Accounts, somebody_who_registers_is_a_plain_user_whatever_they_ask)
{
  const users::NewUser wanted{
      .profile = {.name = "Eve", .email = "eve@example.org", .age = 20}, .role = Role::admin
  };
  const User eve = in([&](db::Tx& tx) { return create_user(tx, {.now = noon}, wanted); }).value();
  EXPECT_EQ(eve.role, Role::user);
  EXPECT_THAT(events_of(eve.id), ElementsAre("user_registered"));
}

TEST_F(Accounts, an_administrator_makes_administrators)
{
  const users::NewUser wanted{
      .profile = {.name = "Eve", .email = "eve@example.org", .age = 20}, .role = Role::admin
  };
  const Deed deed = by(root);
  const User eve = in([&](db::Tx& tx) { return create_user(tx, deed, wanted); }).value();
  EXPECT_EQ(eve.role, Role::admin);
  EXPECT_THAT(events_of(eve.id), ElementsAre("user_created"));
}

TEST_F(Accounts, cannot_be_made_with_an_address_that_is_taken)
{
  const users::NewUser wanted{.profile = {.name = "Eve", .email = "ADA@example.org", .age = 20}};
  EXPECT_EQ(code_of(in([&](db::Tx& tx) { return create_user(tx, {.now = noon}, wanted); })), "email_taken");
}

TEST_F(Accounts, cannot_be_made_out_of_wrong_fields_by_the_command_line_either)
{
  const users::NewUser wanted{.profile = {.name = "", .email = "nowhere", .age = 3}};
  const auto refused = in([&](db::Tx& tx) { return create_user(tx, shell(), wanted); });
  ASSERT_EQ(code_of(refused), "fields_invalid");
  EXPECT_THAT(refused.error().fields, SizeIs(3));
}

// Changing

TEST_F(Accounts, what_a_change_leaves_out_stays)
{
  const Account changed = change(stale(ada), ada.id, {.name = "Ada"}).value();
  EXPECT_EQ(changed.user.name, "Ada");
  EXPECT_EQ(changed.user.email, "ada@example.org");
  EXPECT_EQ(changed.user.version, 2);
}

TEST_F(Accounts, the_same_values_again_are_no_change)
{
  const Account same =
      change(stale(ada), ada.id, {.name = ada.name, .email = ada.email, .age = ada.age}).value();
  EXPECT_EQ(same.user.version, 1);
  EXPECT_THAT(events_of(ada.id), ElementsAre("user_created"));
}

TEST_F(Accounts, an_unknown_user_cannot_be_changed)
{
  EXPECT_EQ(code_of(change(by(root), UserId{99}, {.name = "A"})), "user_not_found");
}

TEST_F(Accounts, wrong_fields_are_refused_and_change_nothing)
{
  EXPECT_EQ(code_of(change(by(ada), ada.id, {.name = "Ada", .age = 15})), "fields_invalid");
  EXPECT_EQ(now(ada.id).name, "Somebody");
}

TEST_F(Accounts, another_mailbox_needs_a_fresh_token)
{
  EXPECT_EQ(code_of(change(stale(ada), ada.id, {.email = "new@example.org"})), "token_not_fresh");
  EXPECT_EQ(now(ada.id).email, "ada@example.org");
  EXPECT_TRUE(change(by(ada), ada.id, {.email = "new@example.org"}));
}

TEST_F(Accounts, other_case_in_the_same_mailbox_needs_none)
{
  EXPECT_TRUE(change(stale(ada), ada.id, {.email = "ADA@example.org"}));
}

TEST_F(Accounts, a_look_alike_of_ones_mailbox_needs_a_fresh_token)
{
  const User kim = add("kim@example.org");
  for (const char* look_alike : {"\u212aim@example.org", "\uff4bim@example.org"}) {
    EXPECT_EQ(code_of(change(stale(kim), kim.id, {.email = look_alike})), "token_not_fresh") << look_alike;
  }
}

TEST_F(Accounts, another_password_needs_a_fresh_token)
{
  EXPECT_EQ(code_of(change(stale(ada), ada.id, {.password_hash = "$new"})), "token_not_fresh");
}

TEST_F(Accounts, another_role_needs_a_fresh_token)
{
  EXPECT_EQ(code_of(change(stale(root), ada.id, {.role = Role::admin})), "token_not_fresh");
  EXPECT_TRUE(change(stale(root), ada.id, {.role = Role::user}));
}

TEST_F(Accounts, no_user_sets_a_role_not_even_the_one_they_have)
{
  EXPECT_EQ(code_of(change(by(ada), ada.id, {.name = "A", .role = Role::admin})), "role_forbidden");
  EXPECT_EQ(code_of(change(by(ada), ada.id, {.name = "A", .role = Role::user})), "role_forbidden");
  EXPECT_EQ(now(ada.id).name, "Somebody");
}

TEST_F(Accounts, an_address_that_is_taken_undoes_the_whole_change)
{
  EXPECT_EQ(code_of(change(by(ada), ada.id, {.name = "A", .email = "root@example.org"})), "email_taken");
  EXPECT_EQ(now(ada.id).name, "Somebody");
}

TEST_F(Accounts, changed_meanwhile_are_not_overwritten)
{
  EXPECT_TRUE(change(by(ada), ada.id, {.name = "A"}, Expected{"\"1\""}));
  EXPECT_EQ(code_of(change(by(ada), ada.id, {.name = "B"}, Expected{"\"1\""})), "precondition_failed");
}

TEST_F(Accounts, a_caller_demoted_meanwhile_changes_nothing)
{
  const User second = add("second@example.org", Role::admin);
  in([&](db::Tx& tx) { return set_role(tx, shell(), second.id, Role::user); }).value();
  EXPECT_EQ(code_of(change(by(second), ada.id, {.name = "A"})), "token_revoked");
  EXPECT_EQ(code_of(remove(by(second), ada.id)), "token_revoked");
}

TEST_F(Accounts, a_caller_whose_session_ended_meanwhile_changes_nothing)
{
  const Deed late = signed_out(root);
  const auto refuses = [&](auto work) { return code_of(in(work)) == "token_revoked"; };
  const users::NewUser eve{.profile = {.name = "Eve", .email = "eve@example.org", .age = 20}};
  EXPECT_TRUE(refuses([&](db::Tx& tx) { return create_user(tx, late, eve); }));
  EXPECT_TRUE(refuses([&](db::Tx& tx) { return change_user(tx, late, ada.id, {.age = 40}, {}); }));
  EXPECT_TRUE(refuses([&](db::Tx& tx) { return set_password(tx, late, ada.id, "$new"); }));
  EXPECT_TRUE(refuses([&](db::Tx& tx) { return set_role(tx, late, ada.id, Role::admin); }));
  EXPECT_TRUE(refuses([&](db::Tx& tx) { return disable(tx, late, ada.id); }));
  EXPECT_TRUE(refuses([&](db::Tx& tx) { return enable(tx, late, ada.id); }));
  EXPECT_TRUE(refuses([&](db::Tx& tx) { return delete_user(tx, late, ada.id); }));
  EXPECT_EQ(now(ada.id).version, 1);
}

TEST_F(Accounts, ones_own_password_does_not_change_from_a_session_that_ended_meanwhile)
{
  EXPECT_EQ(code_of(change(signed_out(ada), ada.id, {.password_hash = "$new"})), "token_revoked");
  EXPECT_EQ(now(ada.id).generation, 1);
}

TEST_F(Accounts, nobody_may_register_and_nothing_else)
{
  EXPECT_EQ(code_of(change({.now = noon}, ada.id, {.age = 40})), "token_revoked");
  EXPECT_EQ(code_of(remove({.now = noon}, ada.id)), "token_revoked");
}

TEST_F(Accounts, what_a_change_would_be_refused_with_can_be_asked_before)
{
  const auto ask = [&](const Deed& deed, const Change& wanted, const Expected& expected) {
    return code_of(in([&](db::Tx& tx) { return check_change(tx, deed, ada.id, wanted, expected); }));
  };
  EXPECT_EQ(ask(by(ada), {.password_hash = ""}, {}), "done");
  EXPECT_EQ(ask(signed_out(ada), {.password_hash = ""}, {}), "token_revoked");
  EXPECT_EQ(ask(by(ada), {.password_hash = ""}, Expected{"\"9\""}), "precondition_failed");
  EXPECT_EQ(ask(by(ada), {.role = Role::user, .password_hash = ""}, {}), "role_forbidden");
  EXPECT_EQ(ask(stale(ada), {.password_hash = ""}, {}), "token_not_fresh");
  EXPECT_EQ(ask(by(ada), {.age = 3, .password_hash = ""}, {}), "fields_invalid");
  EXPECT_EQ(now(ada.id).version, 1);
}

// Passwords

TEST_F(Accounts, a_new_password_ends_all_sessions_but_the_one_it_was_set_in)
{
  const Uuid here = log_in(ada);
  const Uuid elsewhere = log_in(ada);
  const Account changed = change(by(ada, here), ada.id, {.password_hash = "$new"}).value();
  EXPECT_EQ(changed.user.generation, 2);
  EXPECT_EQ(end_of(elsewhere), sessions::EndReason::password_changed);
  EXPECT_EQ(end_of(here), std::nullopt);
  EXPECT_EQ(session(here)->generation, 2);
  EXPECT_EQ(dead_under(ada.id), 2);
}

TEST_F(Accounts, a_password_set_by_an_administrator_ends_all_sessions)
{
  const Uuid here = log_in(ada);
  const Deed by_root = by(root, log_in(root));
  in([&](db::Tx& tx) { return set_password(tx, by_root, ada.id, "$new"); }).value();
  EXPECT_EQ(end_of(here), sessions::EndReason::password_changed);
}

TEST_F(Accounts, an_unknown_user_gets_no_password)
{
  EXPECT_EQ(
      code_of(in([&](db::Tx& tx) { return set_password(tx, shell(), UserId{99}, "$new"); })), "user_not_found"
  );
}

// Roles

TEST_F(Accounts, an_administrator_disables_and_enables_as_part_of_a_change)
{
  const Account disabled = change(by(root), ada.id, {.disabled = true}).value();
  EXPECT_TRUE(disabled.user.disabled);
  const Account enabled = change(by(root), ada.id, {.disabled = false}).value();
  EXPECT_FALSE(enabled.user.disabled);
}

TEST_F(Accounts, disabling_by_a_change_needs_a_fresh_token_of_an_administrator_and_spares_the_last_one)
{
  EXPECT_EQ(code_of(change(by(ada), ada.id, {.disabled = true})), "disabling_forbidden");
  EXPECT_EQ(code_of(change(by(ada), ada.id, {.disabled = false})), "disabling_forbidden");
  EXPECT_EQ(code_of(change(stale(root), ada.id, {.disabled = true})), "token_not_fresh");
  EXPECT_TRUE(change(stale(root), ada.id, {.disabled = false}));
  EXPECT_EQ(code_of(change(by(root), root.id, {.disabled = true})), "last_admin");
}

TEST_F(Accounts, another_role_ends_all_sessions)
{
  const Uuid here = log_in(ada);
  const Account changed = change(by(root), ada.id, {.role = Role::admin}).value();
  EXPECT_EQ(changed.user.role, Role::admin);
  EXPECT_EQ(end_of(here), sessions::EndReason::role_changed);
  EXPECT_EQ(dead_under(ada.id), 2);
}

TEST_F(Accounts, the_role_they_have_is_no_change)
{
  const Uuid here = log_in(ada);
  in([&](db::Tx& tx) { return set_role(tx, shell(), ada.id, Role::user); }).value();
  EXPECT_EQ(end_of(here), std::nullopt);
  EXPECT_EQ(now(ada.id).generation, 1);
}

TEST_F(Accounts, the_last_administrator_stays_one)
{
  EXPECT_EQ(code_of(change(by(root), root.id, {.role = Role::user})), "last_admin");
  EXPECT_EQ(
      code_of(in([&](db::Tx& tx) { return set_role(tx, shell(), root.id, Role::user); })), "last_admin"
  );
  EXPECT_EQ(code_of(in([&](db::Tx& tx) { return disable(tx, shell(), root.id); })), "last_admin");
  EXPECT_EQ(code_of(remove(by(root), root.id)), "last_admin");
  EXPECT_EQ(now(root.id).role, Role::admin);
}

TEST_F(Accounts, a_disabled_administrator_does_not_count_as_one)
{
  const User spare = add("spare@example.org", Role::admin);
  in([&](db::Tx& tx) { return disable(tx, shell(), spare.id); }).value();
  EXPECT_EQ(code_of(remove(by(root), root.id)), "last_admin");
  EXPECT_TRUE(remove(shell(), spare.id)) << "one who is disabled may go";
}

TEST_F(Accounts, an_administrator_with_another_beside_may_go)
{
  add("spare@example.org", Role::admin);
  EXPECT_TRUE(remove(by(root), root.id));
}

// Disabling and deleting

TEST_F(Accounts, disabling_ends_all_sessions_and_enabling_revives_none)
{
  const Uuid here = log_in(ada);
  EXPECT_TRUE(in([&](db::Tx& tx) { return disable(tx, shell(), ada.id); })->disabled);
  EXPECT_EQ(end_of(here), sessions::EndReason::disabled);
  EXPECT_FALSE(in([&](db::Tx& tx) { return enable(tx, shell(), ada.id); })->disabled);
  EXPECT_EQ(end_of(here), sessions::EndReason::disabled);
  EXPECT_EQ(now(ada.id).generation, 3);
}

TEST_F(Accounts, the_access_they_have_is_no_change)
{
  const Uuid here = log_in(ada);
  EXPECT_TRUE(in([&](db::Tx& tx) { return enable(tx, shell(), ada.id); }));
  EXPECT_EQ(now(ada.id).generation, 1);
  EXPECT_EQ(end_of(here), std::nullopt);
}

TEST_F(Accounts, deleting_takes_sessions_and_addresses_and_kills_every_token)
{
  const Uuid here = log_in(ada);
  in([&](db::Tx& tx) {
    addresses::insert(
        tx,
        {.user = ada.id, .address_line_1 = "a", .city = "b", .state = "KA", .country = "IN", .pin = 560'001},
        noon
    );
  });
  EXPECT_TRUE(remove(by(ada, here), ada.id));
  EXPECT_EQ(code_of(in([&](db::Tx& tx) { return find_account(tx, ada.id); })), "user_not_found");
  EXPECT_FALSE(session(here));
  EXPECT_THAT(in([&](db::Tx& tx) { return addresses::of_user(tx, ada.id); }), IsEmpty());
  EXPECT_EQ(dead_under(ada.id), std::numeric_limits<std::int64_t>::max());
  EXPECT_THAT(events_of(ada.id), ElementsAre("user_deleted", "user_created"));
}

TEST_F(Accounts, are_not_deleted_when_changed_meanwhile)
{
  EXPECT_EQ(code_of(remove(by(ada), ada.id, Expected{"\"9\""})), "precondition_failed");
}

TEST_F(Accounts, an_unknown_user_cannot_be_deleted)
{
  EXPECT_EQ(code_of(remove(by(root), UserId{99})), "user_not_found");
}

TEST_F(Accounts, whoever_registers_a_deleted_users_address_is_somebody_else)
{
  EXPECT_TRUE(remove(by(ada), ada.id));
  EXPECT_GT(add("ada@example.org").id.value, ada.id.value);
}

}  // namespace
}  // namespace usher::accounts
