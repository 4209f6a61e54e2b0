#include "features/accounts/hashing.hpp"

#include <gtest/gtest.h>

namespace usher::accounts {
namespace {

using users::UserId;

TEST(Hashing, gives_each_user_two_places_and_gives_them_again)
{
  Hashing hashing;
  {
    const auto first = hashing.admit(UserId{1});
    const auto second = hashing.admit(UserId{1});
    EXPECT_TRUE(first);
    EXPECT_TRUE(second);
    const auto third = hashing.admit(UserId{1});
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().code(), "server_busy");
    EXPECT_EQ(third.error().retry_after, std::chrono::seconds{1});
    EXPECT_TRUE(hashing.admit(UserId{2})) << "another user has places of their own";
  }
  EXPECT_TRUE(hashing.admit(UserId{1}));
}

}  // namespace
}  // namespace usher::accounts
