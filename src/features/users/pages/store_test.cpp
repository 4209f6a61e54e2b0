#include "features/users/pages/store.hpp"

#include "features/users/store.hpp"
#include "testing/database.hpp"

#include <gmock/gmock.h>

namespace usher::users {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const Instant noon = from_epoch(1'795'000'000);

std::vector<std::string> names_of(const Page& page)
{
  std::vector<std::string> names;
  for (const User& user : page.users) {
    names.push_back(user.name);
  }
  return names;
}

class UserPages : public ::testing::Test {
 protected:
  template <class Work>
  auto in(Work work)
  {
    return testing::in(*database_, std::move(work));
  }

  void add(const std::string& name, const std::string& email, Role role = Role::user)
  {
    const NewUser wanted{.profile = {.name = name, .email = email, .age = 36}, .role = role};
    EXPECT_TRUE(in([&](db::Tx& tx) { return insert(tx, wanted, noon); }));
  }

  void SetUp() override
  {
    add("Cem", "a@example.org");
    add("ada", "d@example.org", Role::admin);
    add("Bob", "c@example.org");
    add("ADA", "adam@example.org");
    add("Eve", "ada.eve@example.org", Role::admin);
  }

  Page get(const PageQuery& query)
  {
    return in([&](db::Tx& tx) { return page(tx, query); });
  }

  /// All names in the order of the pages of two.
  std::vector<std::string> walk(PageQuery query)
  {
    query.limit = 2;
    std::vector<std::string> names;
    for (Page part = get(query); !part.users.empty(); part = get(query)) {
      for (const std::string& name : names_of(part)) {
        names.push_back(name);
      }
      query.after = part.places.back();
    }
    return names;
  }

  testing::TestDatabase database_{migrations()};
};

TEST_F(UserPages, come_in_every_order_both_ways)
{
  struct Case {
    Order order;
    std::vector<std::string> names;
  };
  const Case cases[]{
      {{SortKey::id, Direction::up}, {"Cem", "ada", "Bob", "ADA", "Eve"}},
      {{SortKey::id, Direction::down}, {"Eve", "ADA", "Bob", "ada", "Cem"}},
      {{SortKey::name, Direction::up}, {"ada", "ADA", "Bob", "Cem", "Eve"}},
      {{SortKey::name, Direction::down}, {"Eve", "Cem", "Bob", "ADA", "ada"}},
      {{SortKey::email, Direction::up}, {"Cem", "Eve", "ADA", "Bob", "ada"}},
      {{SortKey::email, Direction::down}, {"ada", "Bob", "ADA", "Eve", "Cem"}},
      {{SortKey::created, Direction::up}, {"Cem", "ada", "Bob", "ADA", "Eve"}},
      {{SortKey::created, Direction::down}, {"Eve", "ADA", "Bob", "ada", "Cem"}},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(walk({.order = each.order}), each.names);
  }
}

TEST_F(UserPages, can_be_of_one_role)
{
  EXPECT_THAT(walk({.order = {.key = SortKey::name}, .role = Role::admin}), ElementsAre("ada", "Eve"));
  EXPECT_THAT(walk({.order = {.key = SortKey::name}, .role = Role::user}), ElementsAre("ADA", "Bob", "Cem"));
}

TEST_F(UserPages, find_names_by_their_beginning_whatever_the_case)
{
  const auto found = in([](db::Tx& tx) {
    return page_by_prefix(tx, {.order = {.key = SortKey::name}, .limit = 10}, "ada");
  });
  EXPECT_THAT(names_of(found), ElementsAre("ada", "ADA"));
}

TEST_F(UserPages, find_the_whole_address_too)
{
  const auto found = in([](db::Tx& tx) {
    return page_by_prefix(tx, {.order = {.key = SortKey::email}, .limit = 10}, "adam@example.org");
  });
  EXPECT_THAT(names_of(found), ElementsAre("ADA"));
}

TEST_F(UserPages, by_address_only_leave_out_who_matches_by_name)
{
  const auto found = in([](db::Tx& tx) {
    return page_by_email_only(tx, {.order = {.key = SortKey::email}, .limit = 10}, "ada");
  });
  EXPECT_THAT(names_of(found), ElementsAre("Eve"));
}

TEST_F(UserPages, of_matches_come_in_the_order_asked_for)
{
  const auto found = in([](db::Tx& tx) {
    return page_of_matches(tx, {.order = {SortKey::id, Direction::down}, .limit = 10}, "ada");
  });
  ASSERT_TRUE(found);
  EXPECT_THAT(names_of(*found), ElementsAre("Eve", "ADA", "ada"));
}

TEST_F(UserPages, of_too_many_matches_are_not_sorted)
{
  in([](db::Tx& tx) {
    for (std::int64_t i = 0; i <= matches_max; ++i) {
      const std::string email = "zoe" + std::to_string(i) + "@example.org";
      EXPECT_TRUE(insert(tx, {.profile = {.name = "Zoe", .email = email, .age = 20}}, noon));
    }
  });
  const auto sorted = [&](const char* prefix) {
    return in([&](db::Tx& tx) { return page_of_matches(tx, {.limit = 10}, prefix); });
  };
  EXPECT_FALSE(sorted("zoe"));
  EXPECT_TRUE(sorted("zoe1"));
}

TEST_F(UserPages, take_names_for_text_not_for_sql)
{
  const auto found = in([](db::Tx& tx) {
    return page_by_prefix(tx, {.order = {.key = SortKey::name}, .limit = 10}, "%' OR 1=1 --");
  });
  EXPECT_THAT(found.users, IsEmpty());
}

/// Asks the engine how it would run each statement, instead of running it.
class Planning : public db::Tx {
 public:
  explicit Planning(db::Tx& tx) : tx_{tx} {}

  void each(std::string_view sql, db::Args args, const Visit& /*visit*/) override
  {
    tx_.each("EXPLAIN QUERY PLAN " + std::string{sql}, args, [&](const db::Row& row) {
      plan_ += std::string{row.text(3)} + "\n";
    });
  }
  std::int64_t execute(std::string_view /*sql*/, db::Args /*args*/) override { return 0; }
  void notify(std::string_view /*channel*/) override {}

  std::string take() { return std::exchange(plan_, {}); }

 private:
  db::Tx& tx_;
  std::string plan_;
};

TEST_F(UserPages, are_each_one_range_of_one_index)
{
  in([](db::Tx& tx) {
    Planning planning{tx};
    for (const SortKey key : {SortKey::id, SortKey::name, SortKey::email, SortKey::created}) {
      for (const Direction direction : {Direction::up, Direction::down}) {
        for (const std::optional<Role> role : {std::optional<Role>{}, {Role::user}, {Role::admin}}) {
          page(planning, {.order = {key, direction}, .role = role, .limit = 20});
          const std::string plan = planning.take();
          EXPECT_THAT(plan, HasSubstr("SEARCH users USING")) << plan;
          EXPECT_THAT(plan, Not(HasSubstr("SCAN"))) << plan;
          EXPECT_THAT(plan, Not(HasSubstr("TEMP B-TREE"))) << plan;
          if (role == Role::admin) {
            EXPECT_THAT(plan, HasSubstr("admins_by_")) << plan;
          }
        }
      }
    }
  });
}

TEST_F(UserPages, of_a_search_are_each_one_range_of_one_index)
{
  in([](db::Tx& tx) {
    Planning planning{tx};
    for (const std::optional<Role> role : {std::optional<Role>{}, {Role::user}, {Role::admin}}) {
      page_by_prefix(planning, {.order = {.key = SortKey::name}, .role = role, .limit = 20}, "ada");
      page_by_prefix(planning, {.order = {.key = SortKey::email}, .role = role, .limit = 20}, "ada");
      page_by_email_only(planning, {.order = {.key = SortKey::email}, .role = role, .limit = 20}, "ada");
      const std::string plan = planning.take();
      EXPECT_THAT(plan, HasSubstr("SEARCH users USING INDEX")) << plan;
      EXPECT_THAT(plan, Not(HasSubstr("SCAN"))) << plan;
      EXPECT_THAT(plan, Not(HasSubstr("TEMP B-TREE"))) << plan;
    }
  });
}

TEST_F(UserPages, of_sorted_matches_never_walk_all_users)
{
  in([](db::Tx& tx) {
    Planning planning{tx};
    for (const SortKey key : {SortKey::id, SortKey::name, SortKey::email, SortKey::created}) {
      page_of_matches(planning, {.order = {.key = key}, .limit = 20}, "ada");
      const std::string plan = planning.take();
      EXPECT_THAT(plan, Not(HasSubstr("SCAN users"))) << plan;
      EXPECT_THAT(plan, HasSubstr("SEARCH users USING INTEGER PRIMARY KEY (rowid=?)")) << plan;
    }
  });
}

}  // namespace
}  // namespace usher::users
