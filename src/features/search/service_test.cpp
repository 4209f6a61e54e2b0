#include "features/search/service.hpp"

#include "features/addresses/store.hpp"
#include "features/users/store.hpp"
#include "testing/database.hpp"

#include <gtest/gtest.h>

namespace usher::search {
namespace {

class Search : public ::testing::Test {
 protected:
  void SetUp() override
  {
    const users::NewUser ada{.profile = {.name = "Ada", .email = "Ada@example.org", .age = 36}};
    testing::in(*database_, [&](db::Tx& tx) { return users::insert(tx, ada, from_epoch(0)); }).value();
  }

  Result<accounts::Account> find(std::string_view email)
  {
    return testing::in(*database_, [&](db::Tx& tx) { return find_by_email(tx, email); });
  }

  testing::TestDatabase database_{users::migrations(), addresses::migrations()};
};

TEST_F(Search, finds_the_user_by_any_spelling_of_the_address)
{
  for (const std::string_view email : {"Ada@example.org", "ada@EXAMPLE.org", "ADA@example.org"}) {
    EXPECT_TRUE(find(email)) << email;
  }
}

TEST_F(Search, finds_nobody_by_a_part_of_it)
{
  for (const std::string_view email :
       {"da@example.org", "ada@example.or", "a@example.org", "%@example.org"}) {
    const auto found = find(email);
    ASSERT_FALSE(found) << email;
    EXPECT_EQ(found.error().code(), "user_not_found") << email;
  }
}

TEST_F(Search, refuses_what_is_no_address)
{
  for (const std::string_view email : {"", "ada", "@", "ada@example.org,eve@example.org", "' OR 1=1 --"}) {
    const auto found = find(email);
    ASSERT_FALSE(found) << email;
    EXPECT_EQ(found.error().code(), "fields_invalid") << email;
  }
}

}  // namespace
}  // namespace usher::search
