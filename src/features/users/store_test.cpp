#include "features/users/store.hpp"

#include "testing/database.hpp"
#include "text/email.hpp"

#include <gmock/gmock.h>

namespace usher::users {
namespace {

using ::testing::IsEmpty;

const Instant noon = from_epoch(1'795'000'000);
const Instant later = from_epoch(1'795'000'060);

class UserStore : public ::testing::Test {
 protected:
  template <class Work>
  auto in(Work work)
  {
    return testing::in(*database_, std::move(work));
  }

  User add(const std::string& name, const std::string& email, Role role = Role::user)
  {
    const NewUser wanted{.profile = {.name = name, .email = email, .age = 36}, .role = role};
    return in([&](db::Tx& tx) { return insert(tx, wanted, noon); }).value();
  }

  Result<User> found(UserId id)
  {
    return in([&](db::Tx& tx) { return find(tx, id); });
  }

  testing::TestDatabase database_{migrations()};
};

TEST_F(UserStore, keeps_what_was_inserted)
{
  const User ada = add("Ada", "Ada@Example.org");
  const User kept = found(ada.id).value();
  EXPECT_EQ(kept.name, "Ada");
  EXPECT_EQ(kept.email, "Ada@Example.org");
  EXPECT_EQ(kept.age, 36);
  EXPECT_EQ(kept.role, Role::user);
  EXPECT_FALSE(kept.disabled);
  EXPECT_EQ(kept.generation, 1);
  EXPECT_EQ(kept.version, 1);
  EXPECT_EQ(kept.created, noon);
  EXPECT_EQ(kept.updated, noon);
}

TEST_F(UserStore, an_unknown_id_is_user_not_found)
{
  const auto unknown = found(UserId{99});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code(), "user_not_found");
}

TEST_F(UserStore, an_address_is_taken_in_any_spelling)
{
  add("Ada", "ada@example.org");
  for (const char* email : {"ada@example.org", "ADA@EXAMPLE.ORG", "ada@EXAMPLE.org"}) {
    const auto second = in([&](db::Tx& tx) {
      return insert(tx, {.profile = {.name = "Eve", .email = email, .age = 20}}, noon);
    });
    ASSERT_FALSE(second) << email;
    EXPECT_EQ(second.error().code(), "email_taken");
  }
}

TEST_F(UserStore, what_is_no_address_is_never_stored)
{
  const auto none = in([&](db::Tx& tx) {
    return insert(tx, {.profile = {.name = "Eve", .email = "nowhere", .age = 20}}, noon);
  });
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code(), "fields_invalid");
}

TEST_F(UserStore, an_id_is_never_given_twice)
{
  const User last = add("Ada", "ada@example.org");
  EXPECT_TRUE(in([&](db::Tx& tx) { return erase(tx, last.id); }));
  EXPECT_GT(add("Ada", "ada@example.org").id.value, last.id.value);
}

TEST_F(UserStore, credentials_are_found_by_the_canonical_address)
{
  const NewUser wanted{
      .profile = {.name = "Ada", .email = "Ada@Example.org", .age = 36}, .password_hash = "$h"
  };
  in([&](db::Tx& tx) { return insert(tx, wanted, noon); }).value();
  const auto key = text::email_key("ADA@example.org").value();
  const auto credentials = in([&](db::Tx& tx) { return find_by_email_key(tx, key); });
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->password_hash, "$h");
}

TEST_F(UserStore, a_user_without_a_password_has_an_empty_hash)
{
  const User ada = add("Ada", "ada@example.org");
  const auto credentials = in([&](db::Tx& tx) { return find_credentials(tx, ada.id); });
  ASSERT_TRUE(credentials);
  EXPECT_THAT(credentials->password_hash, IsEmpty());
}

TEST_F(UserStore, an_update_bumps_the_version_but_not_the_generation)
{
  const User ada = add("Ada", "ada@example.org");
  const User changed = in([&](db::Tx& tx) {
                         return update(tx, ada.id, {.name = "A", .email = "a@b.org", .age = 40}, later);
                       }).value();
  EXPECT_EQ(changed.name, "A");
  EXPECT_EQ(changed.version, 2);
  EXPECT_EQ(changed.generation, 1);
  EXPECT_EQ(changed.updated, later);
  EXPECT_EQ(changed.created, noon);
}

TEST_F(UserStore, an_update_may_respell_ones_own_address)
{
  const User ada = add("Ada", "ada@example.org");
  EXPECT_TRUE(in([&](db::Tx& tx) {
    return update(tx, ada.id, {.name = "Ada", .email = "ADA@example.org", .age = 36}, later);
  }));
}

TEST_F(UserStore, an_update_cannot_take_anothers_address)
{
  const User ada = add("Ada", "ada@example.org");
  add("Bob", "bob@example.org");
  const auto taken = in([&](db::Tx& tx) {
    return update(tx, ada.id, {.name = "Ada", .email = "BOB@example.org", .age = 36}, later);
  });
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code(), "email_taken");
  EXPECT_EQ(found(ada.id)->email, "ada@example.org");
}

TEST_F(UserStore, password_role_and_access_bump_generation_and_version)
{
  const User ada = add("Ada", "ada@example.org");
  EXPECT_EQ(in([&](db::Tx& tx) { return set_password(tx, ada.id, "$new", later); })->generation, 2);
  EXPECT_EQ(in([&](db::Tx& tx) { return set_role(tx, ada.id, Role::admin, later); })->generation, 3);
  const auto disabled = in([&](db::Tx& tx) { return set_access(tx, ada.id, Access::disabled, later); });
  EXPECT_EQ(disabled->generation, 4);
  EXPECT_EQ(disabled->version, 4);
  EXPECT_TRUE(disabled->disabled);
  EXPECT_FALSE(in([&](db::Tx& tx) { return set_access(tx, ada.id, Access::enabled, later); })->disabled);
}

TEST_F(UserStore, a_better_hash_of_the_same_password_changes_nothing_else)
{
  const User ada = add("Ada", "ada@example.org");
  in([&](db::Tx& tx) { return set_password(tx, ada.id, "$old", noon); }).value();
  in([&](db::Tx& tx) {
    replace_hash(tx, ada.id, "$old", "$better");
    replace_hash(tx, ada.id, "$old", "$too-late");
  });
  const auto now = in([&](db::Tx& tx) { return find_credentials(tx, ada.id); });
  EXPECT_EQ(now->password_hash, "$better");
  EXPECT_EQ(now->user.version, 2);
  EXPECT_EQ(now->user.generation, 2);
}

TEST_F(UserStore, bumping_the_version_of_nobody_is_refused)
{
  const auto nobody = in([&](db::Tx& tx) { return bump_version(tx, UserId{99}); });
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code(), "user_not_found");
}

TEST_F(UserStore, knows_whether_an_enabled_administrator_remains)
{
  const User root = add("Root", "root@example.org", Role::admin);
  const User spare = add("Spare", "spare@example.org", Role::admin);
  const auto remains = [&] { return in([&](db::Tx& tx) { return exists_enabled_admin_but(tx, root.id); }); };
  EXPECT_TRUE(remains());
  in([&](db::Tx& tx) { return set_access(tx, spare.id, Access::disabled, later); }).value();
  EXPECT_FALSE(remains());
  EXPECT_TRUE(in([](db::Tx& tx) { return exists_admin(tx); }));
}

}  // namespace
}  // namespace usher::users
