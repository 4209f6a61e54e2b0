#include "passwords/hasher.hpp"

#include "passwords/argon2.hpp"

#include <gtest/gtest.h>

namespace usher::passwords {
namespace {

using namespace std::string_view_literals;

constexpr Argon2Cost ours{.memory_kib = 16, .passes = 2};
constexpr const char* bcrypt_of_ferry = "$2b$04$abcdefghijklmnopqrstuuEYirCCtBUwVpIrWJ5SqBIsa2SstD9vy";
constexpr std::string_view composed =
    "Gr\xC3\xBC\xC3\x9F"
    "e";  // u with diaeresis as one code point
constexpr std::string_view decomposed =
    "Gru\xCC\x88\xC3\x9F"
    "e";  // and as two

class HasherTest : public ::testing::Test {
 protected:
  Verdict verify(std::string_view password, const std::string& stored) const
  {
    return hasher_.verify(Secret{password}, stored);
  }

  Hasher hasher_{ours};
};

TEST_F(HasherTest, makes_a_new_hash_each_time)
{
  const std::string one = hasher_.hash(Secret{"same"sv});
  const std::string two = hasher_.hash(Secret{"same"sv});
  EXPECT_NE(one, two);
  EXPECT_TRUE(one.starts_with("$argon2id$v=19$m=16,t=2,p=1$")) << one;
}

TEST_F(HasherTest, finds_its_own_hashes_current)
{
  const std::string stored = hasher_.hash(Secret{"right"sv});
  EXPECT_TRUE(verify("right", stored).matches);
  EXPECT_FALSE(verify("right", stored).outdated);
  EXPECT_FALSE(verify("Right", stored).matches);
  EXPECT_FALSE(verify("", stored).matches);
}

TEST_F(HasherTest, finds_every_other_hash_outdated_when_it_is_right)
{
  const std::string cheaper = argon2id("Grüße vom Fährmann", {.memory_kib = 8, .passes = 2});
  for (const std::string& stored : {cheaper, std::string{bcrypt_of_ferry}}) {
    EXPECT_TRUE(verify("Grüße vom Fährmann", stored).matches) << stored;
    EXPECT_TRUE(verify("Grüße vom Fährmann", stored).outdated) << stored;
    EXPECT_FALSE(verify("wrong", stored).outdated) << stored;
  }
}

TEST_F(HasherTest, takes_a_password_however_it_is_composed)
{
  EXPECT_TRUE(verify(decomposed, hasher_.hash(Secret{composed})).matches);
  EXPECT_TRUE(verify(composed, hasher_.hash(Secret{decomposed})).matches);
}

TEST_F(HasherTest, takes_a_password_as_another_system_hashed_it_and_replaces_that)
{
  const std::string stored = argon2id(decomposed, ours);
  EXPECT_TRUE(verify(decomposed, stored).matches);
  EXPECT_TRUE(verify(decomposed, stored).outdated);
  EXPECT_FALSE(verify(composed, stored).matches);
}

TEST_F(HasherTest, does_the_same_work_for_a_user_that_does_not_exist)
{
  const std::string stored = hasher_.hash(Secret{"right"sv});
  for (const std::string_view password :
       {"wrong"sv, composed, decomposed, "\xff\xfe"sv, ""sv, "zero\0byte"sv}) {
    auto before = hasher_.hashed();
    (void)verify(password, stored);
    const auto known = hasher_.hashed() - before;
    for (const auto* other :
         {"", "*", "plain", "$2x$04$abcdefghijklmnopqrstuu50txCESwA9rDzKejzHIUlxUyAdMV4E."}) {
      before = hasher_.hashed();
      EXPECT_FALSE(verify(password, other).matches);
      EXPECT_EQ(hasher_.hashed() - before, known) << other;
    }
  }
}

TEST_F(HasherTest, sees_every_byte_of_a_long_password)
{
  const std::string long_one(100, 'a');
  const std::string stored = hasher_.hash(Secret{long_one});
  EXPECT_TRUE(verify(long_one, stored).matches);
  EXPECT_FALSE(verify(long_one + "b", stored).matches);
  EXPECT_FALSE(verify(std::string(72, 'a'), stored).matches);
  EXPECT_FALSE(verify("a\0b"sv, hasher_.hash(Secret{"a\0c"sv})).matches);
}

TEST_F(HasherTest, never_takes_a_zero_byte_for_the_end_with_hashes_of_others)
{
  EXPECT_FALSE(verify("Grüße vom Fährmann\0"sv, bcrypt_of_ferry).matches);
  EXPECT_FALSE(verify("Grüße vom Fährmann\0more"sv, bcrypt_of_ferry).matches);
}

TEST_F(HasherTest, spends_no_hash_on_a_megabyte)
{
  const std::string stored = hasher_.hash(Secret{"right"sv});
  const auto before = hasher_.hashed();
  EXPECT_FALSE(verify(std::string(1'000'000, 'a'), stored).matches);
  EXPECT_FALSE(verify(std::string(1'000'000, 'a'), "").matches);
  EXPECT_EQ(hasher_.hashed(), before);
}

TEST_F(HasherTest, does_not_take_a_hash_for_a_password)
{
  const std::string stored = hasher_.hash(Secret{"right"sv});
  EXPECT_FALSE(verify(stored, stored).matches);
}

}  // namespace
}  // namespace usher::passwords
