#include "features/accounts/listing.hpp"

#include "features/accounts/cursor.hpp"
#include "features/addresses/store.hpp"
#include "features/users/store.hpp"
#include "testing/database.hpp"

#include <gmock/gmock.h>

namespace usher::accounts {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using users::Direction;
using users::Role;
using users::SortKey;

const Instant noon = from_epoch(1'795'000'000);

class Lists : public ::testing::Test {
 protected:
  void SetUp() override
  {
    add("Cem", "a@example.org");
    add("ada", "d@example.org");
    add("Bob", "ada.bob@example.org");
    add("ADAM", "adam@example.org");
    add("Eve", "ada.eve@example.org");
  }

  void add(const char* name, const char* email)
  {
    const users::NewUser wanted{.profile = {.name = name, .email = email, .age = 36}};
    ids_.push_back(testing::in(*database_, [&](db::Tx& tx) { return users::insert(tx, wanted, noon); })->id);
  }

  Listed list(const Listing& wanted)
  {
    return testing::in(*database_, [&](db::Tx& tx) { return list_accounts(tx, wanted); }).value();
  }

  /// The names on each page.
  std::vector<std::vector<std::string>> walk(Listing wanted)
  {
    std::vector<std::vector<std::string>> pages;
    for (;;) {
      const Listed part = list(wanted);
      pages.emplace_back();
      for (const Account& account : part.accounts) {
        pages.back().push_back(account.user.name);
      }
      if (!part.next) {
        return pages;
      }
      wanted.from = part.next;
    }
  }

  testing::TestDatabase database_{users::migrations(), addresses::migrations()};
  std::vector<users::UserId> ids_;
};

using Names = std::vector<std::string>;

TEST_F(Lists, end_with_a_page_that_has_no_next)
{
  EXPECT_THAT(walk({.limit = 2}), ElementsAre(Names{"Cem", "ada"}, Names{"Bob", "ADAM"}, Names{"Eve"}));
  EXPECT_THAT(walk({.limit = 5}), ElementsAre(Names{"Cem", "ada", "Bob", "ADAM", "Eve"}));
}

TEST_F(Lists, of_a_search_bring_names_first_then_addresses)
{
  const Names all{"ada", "ADAM", "Bob", "Eve"};
  EXPECT_THAT(walk({.limit = 10, .prefix = "ada"}), ElementsAre(all));
  EXPECT_THAT(walk({.limit = 4, .prefix = "ada"}), ElementsAre(all));
  EXPECT_THAT(walk({.limit = 3, .prefix = "ada"}), ElementsAre(Names{"ada", "ADAM", "Bob"}, Names{"Eve"}));
  EXPECT_THAT(walk({.limit = 2, .prefix = "ada"}), ElementsAre(Names{"ada", "ADAM"}, Names{"Bob", "Eve"}));
  EXPECT_THAT(
      walk({.limit = 1, .prefix = "ada"}),
      ElementsAre(Names{"ada"}, Names{"ADAM"}, Names{"Bob"}, Names{"Eve"})
  );
}

TEST_F(Lists, of_a_search_can_be_sorted)
{
  EXPECT_THAT(
      walk({.limit = 3, .prefix = "ada", .order = users::Order{SortKey::name, Direction::down}}),
      ElementsAre(Names{"Eve", "Bob", "ADAM"}, Names{"ada"})
  );
}

TEST_F(Lists, of_a_search_that_finds_nobody_are_empty)
{
  EXPECT_THAT(walk({.prefix = "nobody"}), ElementsAre(IsEmpty()));
}

TEST_F(Lists, go_on_where_they_were_when_somebody_is_deleted_or_added)
{
  const Listed first = list({.limit = 2});
  testing::in(*database_, [&](db::Tx& tx) { users::erase(tx, ids_[1]); });
  add("New", "new@example.org");
  const Listed second = list({.limit = 10, .from = first.next});
  ASSERT_THAT(second.accounts, SizeIs(4));
  EXPECT_EQ(second.accounts.front().user.name, "Bob");
  EXPECT_EQ(second.accounts.back().user.name, "New");
}

TEST_F(Lists, bring_the_addresses)
{
  testing::in(*database_, [&](db::Tx& tx) {
    addresses::insert(
        tx,
        {.user = ids_[0], .address_line_1 = "a", .city = "b", .state = "KA", .country = "IN", .pin = 560'001},
        noon
    );
  });
  EXPECT_THAT(list({.limit = 1}).accounts.at(0).addresses, SizeIs(1));
}

TEST_F(Lists, refuse_to_sort_a_search_that_is_too_wide)
{
  testing::in(*database_, [](db::Tx& tx) {
    for (std::int64_t i = 0; i <= users::matches_max; ++i) {
      const std::string email = "zoe" + std::to_string(i) + "@example.org";
      EXPECT_TRUE(users::insert(tx, {.profile = {.name = "Zoe", .email = email, .age = 20}}, noon));
    }
  });
  const auto refused = testing::in(*database_, [](db::Tx& tx) {
    return list_accounts(tx, {.prefix = "zoe", .order = users::Order{}});
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), "fields_invalid");
  EXPECT_EQ(refused.error().fields.at(0).field, "q");
  EXPECT_THAT(list({.limit = 7, .prefix = "zoe"}).accounts, SizeIs(7))
      << "unsorted it is a list like any other";
}

// Cursors

class Cursors : public ::testing::Test {
 protected:
  static constexpr std::int64_t root = 1;

  std::string_view outcome(std::string_view text, const Listing& of, std::int64_t caller = root) const
  {
    const auto found = position_of(text, of, caller, key);
    return found ? "position" : found.error().code();
  }

  crypto::HmacKey key{Secret{std::string(32, 'k')}};
  Listing listing{.prefix = "ada", .role = Role::user, .order = users::Order{SortKey::name, Direction::up}};
  Position position{
      .run = Position::Run::by_email, .after = {.text = "ada lovelace é", .number = -7, .id = 42}
  };
  std::string cursor = cursor_of(position, listing, root, key);
};

TEST_F(Cursors, lead_back_to_their_position)
{
  const auto found = position_of(cursor, listing, root, key);
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, position);
}

TEST_F(Cursors, hold_whatever_the_limit)
{
  Listing other = listing;
  other.limit = 7;
  EXPECT_EQ(outcome(cursor, other), "position");
}

TEST_F(Cursors, are_invalid_with_any_bit_changed)
{
  for (std::size_t at = 0; at < cursor.size(); ++at) {
    std::string changed = cursor;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(outcome(changed, listing), "cursor_invalid") << at;
  }
}

TEST_F(Cursors, are_invalid_cut_short_or_made_up)
{
  for (std::size_t length = 0; length < cursor.size(); ++length) {
    EXPECT_EQ(outcome(std::string_view{cursor}.substr(0, length), listing), "cursor_invalid") << length;
  }
  for (const std::string& made_up :
       {std::string{"1"}, std::string{"' OR 1=1 --"}, cursor + "A", cursor + "=", std::string(5000, 'A')}) {
    EXPECT_EQ(outcome(made_up, listing), "cursor_invalid") << made_up;
  }
}

TEST_F(Cursors, belong_to_one_listing_and_one_caller)
{
  Listing other_sort = listing;
  other_sort.order = users::Order{SortKey::id, Direction::up};
  Listing other_way = listing;
  other_way.order = users::Order{SortKey::name, Direction::down};
  Listing unsorted = listing;
  unsorted.order.reset();
  Listing other_search = listing;
  other_search.prefix = "adam";
  Listing other_role = listing;
  other_role.role.reset();
  for (const Listing& other : {other_sort, other_way, unsorted, other_search, other_role}) {
    EXPECT_EQ(outcome(cursor, other), "cursor_invalid");
  }
  EXPECT_EQ(outcome(cursor, listing, 2), "cursor_invalid");
}

TEST_F(Cursors, of_another_key_are_invalid)
{
  const crypto::HmacKey other{Secret{std::string(32, 'x')}};
  EXPECT_FALSE(position_of(cursor, listing, root, other));
}

}  // namespace
}  // namespace usher::accounts
