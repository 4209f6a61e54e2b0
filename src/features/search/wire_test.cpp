#include "features/search/wire.hpp"

#include <gmock/gmock.h>

namespace usher::search {
namespace {

using ::testing::HasSubstr;

accounts::Account ada()
{
  return {.user = {.id = users::UserId{7}, .name = "Ada", .email = "ada@example.org", .age = 36}};
}

std::string shown(View view)
{
  return json::text_of(seen(ada(), view), found_shape);
}

TEST(SearchWire, without_a_token_only_name_and_address_are_seen)
{
  EXPECT_EQ(shown(View::name_only), R"({"name":"Ada","email":"ada@example.org"})");
}

TEST(SearchWire, other_users_see_the_id_too)
{
  EXPECT_EQ(shown(View::with_id), R"({"id":7,"name":"Ada","email":"ada@example.org"})");
}

TEST(SearchWire, oneself_and_administrators_see_everything)
{
  const std::string all = shown(View::everything);
  for (const char* member : {R"("age":36)", R"("role":"USER")", R"("disabled":false)", R"("addresses":[])"}) {
    EXPECT_THAT(all, HasSubstr(member));
  }
}

}  // namespace
}  // namespace usher::search
