#include "features/search/routes.hpp"

#include "features/addresses/front_testing.hpp"
#include "features/addresses/store.hpp"
#include "features/users/store.hpp"
#include "testing/database.hpp"

#include <gmock/gmock.h>

namespace usher::search {
namespace {

using ::testing::HasSubstr;

class SearchRoute : public ::testing::TestWithParam<Audience> {
 protected:
  SearchRoute()
  {
    mount(front_.router(), {.db = front_.door(), .options = {.audience = GetParam()}});
    const users::NewUser ada{.profile = {.name = "Ada", .email = "ada@example.org", .age = 36}};
    testing::in(*database_, [&](db::Tx& tx) { return users::insert(tx, ada, from_epoch(0)); }).value();
  }

  http::Answer ask(const Caller& caller, const std::string& query = "?email=ADA%40example.org")
  {
    return front_.call(http::Method::get, "/api/users/search" + query, {.caller = caller});
  }

  testing::TestDatabase database_{users::migrations(), addresses::migrations()};
  testing::Front front_{*database_};
};

TEST_P(SearchRoute, shows_as_much_as_the_one_who_asks_may_see)
{
  EXPECT_EQ(ask({.user = 9})->body, R"({"id":1,"name":"Ada","email":"ada@example.org"})");
  EXPECT_THAT(ask({.user = 1})->body, HasSubstr(R"("age":36)"));
  EXPECT_THAT(ask({.user = 9, .admin = true})->body, HasSubstr(R"("age":36)"));
}

TEST_P(SearchRoute, shows_nobody_more_than_the_options_allow)
{
  const auto answer = ask({});
  if (GetParam() == Audience::everybody) {
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, R"({"name":"Ada","email":"ada@example.org"})");
  } else {
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code(), "token_missing");
  }
}

TEST_P(SearchRoute, refuses_without_one_good_address)
{
  for (const char* query : {"", "?email=", "?email=ada", "?email=a%40b.org&email=c%40d.org", "?email=%ff"}) {
    const auto answer = ask({.user = 1}, query);
    ASSERT_FALSE(answer) << query;
    EXPECT_EQ(answer.error().code(), "fields_invalid") << query;
  }
}

TEST_P(SearchRoute, of_an_unknown_address_is_user_not_found)
{
  const auto answer = ask({.user = 1}, "?email=eve%40example.org");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), "user_not_found");
}

INSTANTIATE_TEST_SUITE_P(
    Both,
    SearchRoute,
    ::testing::Values(Audience::users, Audience::everybody),
    [](const auto& shown) { return shown.param == Audience::users ? "users" : "everybody"; }
);

}  // namespace
}  // namespace usher::search
