#include "features/addresses/service.hpp"

#include "audit/audit.hpp"
#include "crypto/random.hpp"
#include "features/addresses/rules.hpp"
#include "features/addresses/store.hpp"
#include "features/sessions/store.hpp"
#include "features/users/store.hpp"
#include "testing/database.hpp"

#include <gmock/gmock.h>

namespace usher::addresses {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using users::Expected;
using users::User;

const Instant noon = from_epoch(1'795'000'000);

class Addresses : public ::testing::Test {
 protected:
  template <class Work>
  auto in(Work work)
  {
    return testing::in(*database_, std::move(work));
  }

  User add_user(const char* email)
  {
    const users::NewUser wanted{.profile = {.name = "Somebody", .email = email, .age = 36}};
    return in([&](db::Tx& tx) { return users::insert(tx, wanted, noon); }).value();
  }

  users::Deed by(const User& user) { return {.caller = user.id == ada.id ? as_ada : as_bob, .now = noon}; }

  /// The caller of a session of their own.
  Caller caller_of(const User& user)
  {
    const sessions::Session session{
        .id = crypto::make_uuid7(),
        .user = user.id,
        .generation = user.generation,
        .idle_expires = noon + std::chrono::hours{1},
        .expires = noon + std::chrono::hours{1}
    };
    testing::in(*database_, [&](db::Tx& tx) { sessions::insert(tx, session); });
    return {.user = user.id.value, .session = session.id, .generation = user.generation};
  }

  static Address home_of(const User& user)
  {
    return {
        .user = user.id,
        .label = "home",
        .address_line_1 = "12 MG Road",
        .city = "Bengaluru",
        .state = "KA",
        .country = "IN",
        .pin = 560'001
    };
  }

  Result<Address> add(const Address& address)
  {
    return in([&](db::Tx& tx) { return add_address(tx, by(ada), address); });
  }

  Target target_of(const Address& address) { return {.user = address.user, .id = address.id}; }

  std::int64_t version_of_ada()
  {
    return in([&](db::Tx& tx) { return users::find(tx, ada.id); }).value().version;
  }

  std::vector<Address> list(users::UserId user)
  {
    return in([&](db::Tx& tx) { return list_addresses(tx, user); }).value();
  }

  testing::TestDatabase database_{
      users::migrations(), migrations(), sessions::migrations(), audit::migrations()
  };
  User ada = add_user("ada@example.org");
  User bob = add_user("bob@example.org");
  Caller as_ada = caller_of(ada);
  Caller as_bob = caller_of(bob);
};

TEST_F(Addresses, are_kept_as_they_were_added)
{
  const Address added = add(home_of(ada)).value();
  const Address kept = in([&](db::Tx& tx) { return find_address(tx, target_of(added)); }).value();
  EXPECT_EQ(kept.label, "home");
  EXPECT_EQ(kept.address_line_2, std::nullopt);
  EXPECT_EQ(kept.city, "Bengaluru");
  EXPECT_EQ(kept.pin, 560'001);
  EXPECT_EQ(kept.version, 1);
  EXPECT_EQ(kept.created, noon);
}

TEST_F(Addresses, are_listed_in_the_order_added_and_only_to_their_user)
{
  const Address first = add(home_of(ada)).value();
  const Address second = add(home_of(ada)).value();
  const auto listed = list(ada.id);
  ASSERT_THAT(listed, SizeIs(2));
  EXPECT_EQ(listed[0].id, first.id);
  EXPECT_EQ(listed[1].id, second.id);
  EXPECT_THAT(list(bob.id), IsEmpty());
}

TEST_F(Addresses, of_an_unknown_user_are_user_not_found)
{
  const auto listed = in([](db::Tx& tx) { return list_addresses(tx, users::UserId{99}); });
  ASSERT_FALSE(listed);
  EXPECT_EQ(listed.error().code(), "user_not_found");
}

TEST_F(Addresses, cannot_be_added_to_an_unknown_user)
{
  Address address = home_of(ada);
  address.user = users::UserId{99};
  const auto added = add(address);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code(), "user_not_found");
}

TEST_F(Addresses, change_the_version_of_their_user_with_every_change)
{
  const Address added = add(home_of(ada)).value();
  EXPECT_EQ(version_of_ada(), 2);
  in([&](db::Tx& tx) { return replace_address(tx, by(ada), added, {}); }).value();
  EXPECT_EQ(version_of_ada(), 3);
  in([&](db::Tx& tx) { return delete_address(tx, by(ada), target_of(added), {}); }).value();
  EXPECT_EQ(version_of_ada(), 4);
}

TEST_F(Addresses, of_another_user_are_not_found)
{
  const Address hers = add(home_of(ada)).value();
  const Target stolen{.user = bob.id, .id = hers.id};
  Address wanted = home_of(bob);
  wanted.id = hers.id;
  const auto code_of = [](const auto& result) { return result ? "done" : result.error().code(); };
  EXPECT_EQ(code_of(in([&](db::Tx& tx) { return find_address(tx, stolen); })), "address_not_found");
  EXPECT_EQ(
      code_of(in([&](db::Tx& tx) { return replace_address(tx, by(bob), wanted, {}); })), "address_not_found"
  );
  EXPECT_EQ(
      code_of(in([&](db::Tx& tx) { return patch_address(tx, by(bob), stolen, {}, {}); })), "address_not_found"
  );
  EXPECT_EQ(
      code_of(in([&](db::Tx& tx) { return delete_address(tx, by(bob), stolen, {}); })), "address_not_found"
  );
  EXPECT_THAT(list(ada.id), SizeIs(1));
}

TEST_F(Addresses, are_replaced_whole)
{
  const Address added = add(home_of(ada)).value();
  Address wanted = home_of(ada);
  wanted.id = added.id;
  wanted.label = std::nullopt;
  wanted.city = "Mysuru";
  const Address changed = in([&](db::Tx& tx) { return replace_address(tx, by(ada), wanted, {}); }).value();
  EXPECT_EQ(changed.label, std::nullopt);
  EXPECT_EQ(changed.city, "Mysuru");
  EXPECT_EQ(changed.version, 2);
}

TEST_F(Addresses, keep_what_a_patch_leaves_out)
{
  const Address added = add(home_of(ada)).value();
  const Patch patch{.label = std::optional<std::string>{}, .city = "Mysuru"};
  const Address changed =
      in([&](db::Tx& tx) { return patch_address(tx, by(ada), target_of(added), patch, {}); }).value();
  EXPECT_EQ(changed.label, std::nullopt);
  EXPECT_EQ(changed.city, "Mysuru");
  EXPECT_EQ(changed.address_line_1, "12 MG Road");
}

TEST_F(Addresses, must_be_right_as_a_whole_after_a_patch)
{
  const Address added = add(home_of(ada)).value();
  const Patch abroad{.country = "US"};
  const auto refused =
      in([&](db::Tx& tx) { return patch_address(tx, by(ada), target_of(added), abroad, {}); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), "fields_invalid");
  EXPECT_EQ(refused.error().fields.at(0).field, "state");
}

TEST_F(Addresses, changed_meanwhile_are_not_overwritten)
{
  const Address added = add(home_of(ada)).value();
  in([&](db::Tx& tx) { return replace_address(tx, by(ada), added, Expected{"\"1\""}); }).value();
  const auto late = in([&](db::Tx& tx) { return replace_address(tx, by(ada), added, Expected{"\"1\""}); });
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code(), "precondition_failed");
}

TEST_F(Addresses, are_at_most_a_hundred)
{
  for (int i = 0; i < addresses_max; ++i) {
    ASSERT_TRUE(add(home_of(ada)));
  }
  const auto one_more = add(home_of(ada));
  ASSERT_FALSE(one_more);
  EXPECT_EQ(one_more.error().code(), "too_many_addresses");
}

TEST_F(Addresses, go_with_their_user)
{
  const Address added = add(home_of(ada)).value();
  in([&](db::Tx& tx) { return users::erase(tx, ada.id); });
  EXPECT_FALSE(in([&](db::Tx& tx) { return find_address(tx, target_of(added)); }));
}

TEST_F(Addresses, cannot_be_changed_by_somebody_who_is_nobody_any_more)
{
  in([&](db::Tx& tx) { return users::set_password(tx, ada.id, "$h", noon); }).value();
  const auto late = add(home_of(ada));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code(), "token_revoked");
}

TEST_F(Addresses, cannot_be_changed_from_a_session_that_ended_meanwhile)
{
  const Address home = add(home_of(ada)).value();
  in([&](db::Tx& tx) { return sessions::end(tx, as_ada.session, sessions::EndReason::logout, noon); });
  const auto refuses = [&](auto work) {
    const auto outcome = in(work);
    return !outcome && outcome.error().code() == "token_revoked";
  };
  EXPECT_TRUE(refuses([&](db::Tx& tx) { return add_address(tx, by(ada), home); }));
  EXPECT_TRUE(refuses([&](db::Tx& tx) { return replace_address(tx, by(ada), home, {}); }));
  EXPECT_TRUE(refuses([&](db::Tx& tx) { return patch_address(tx, by(ada), target_of(home), {}, {}); }));
  EXPECT_TRUE(refuses([&](db::Tx& tx) { return delete_address(tx, by(ada), target_of(home), {}); }));
  EXPECT_EQ(version_of_ada(), 2);
}

TEST_F(Addresses, added_to_a_user_deleted_meanwhile_leave_no_orphan)
{
  in([&](db::Tx& tx) { return users::erase(tx, bob.id); });
  const auto orphan =
      in([&](db::Tx& tx) { return add_address(tx, {.caller = shell_caller(), .now = noon}, home_of(bob)); });
  ASSERT_FALSE(orphan);
  EXPECT_EQ(orphan.error().code(), "user_not_found");
}

}  // namespace
}  // namespace usher::addresses
