#include "features/users/rules.hpp"

#include "features/users/precondition.hpp"

#include <gmock/gmock.h>

namespace usher::users {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Not;

Profile ada()
{
  return {.name = "Ada Lovelace", .email = "ada@example.org", .age = 36};
}

std::string repeated(std::string_view text, int times)
{
  std::string all;
  for (int i = 0; i < times; ++i) {
    all += text;
  }
  return all;
}

TEST(ProfileRules, a_good_profile_has_no_problems)
{
  EXPECT_THAT(problems_with(ada()), IsEmpty());
  EXPECT_TRUE(check(ada()));
}

TEST(ProfileRules, every_wrong_field_is_named_at_once)
{
  const auto checked = check({.name = "", .email = "nowhere", .age = 15});
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().refusal, &fields_invalid);
  EXPECT_THAT(
      checked.error().fields,
      ElementsAre(
          Field(&FieldError::field, "name"),
          Field(&FieldError::field, "email"),
          Field(&FieldError::field, "age")
      )
  );
}

TEST(ProfileRules, the_age_is_16_to_100)
{
  for (const auto& [age, good] : {std::pair{15, false}, {16, true}, {100, true}, {101, false}, {-1, false}}) {
    Profile profile = ada();
    profile.age = age;
    EXPECT_EQ(problems_with(profile).empty(), good) << age;
  }
}

TEST(ProfileRules, a_name_is_counted_in_characters_not_bytes)
{
  EXPECT_THAT(problem_with_name(repeated("é", 30)), IsEmpty());
  EXPECT_THAT(problem_with_name(repeated("é", 31)), Not(IsEmpty()));
}

TEST(ProfileRules, a_name_is_one_visible_line_of_utf8)
{
  for (const std::string_view name : {"", " ", "a\nb", "a\tb", "\xff", "a\xe2\x80\xae z"}) {
    EXPECT_THAT(problem_with_name(name), Not(IsEmpty())) << name;
  }
}

TEST(ProfileRules, only_the_case_of_ascii_letters_makes_no_other_mailbox)
{
  EXPECT_TRUE(same_mailbox("Ada@Example.ORG", "ada@example.org"));
  EXPECT_FALSE(same_mailbox("kim@example.org", "\u212aim@example.org")) << "the Kelvin sign";
  EXPECT_FALSE(same_mailbox("ada@example.org", "\uff41da@example.org")) << "full width";
  EXPECT_FALSE(same_mailbox("ada@example.org", "ada@example.or"));
  EXPECT_FALSE(same_mailbox("ada@example.org", "ada+1@example.org"));
}

TEST(Roles, are_read_as_they_are_written)
{
  EXPECT_EQ(parse_role("ADMIN"), Role::admin);
  EXPECT_EQ(parse_role("USER"), Role::user);
  EXPECT_EQ(parse_role("admin"), std::nullopt);
  EXPECT_EQ(name_of(Role::admin), "ADMIN");
}

TEST(Precondition, holds_as_if_match_says)
{
  struct Case {
    std::string_view if_match;
    bool holds;
    std::string_view why;
  };
  constexpr Case cases[]{
      {{}, true, "no header"},
      {"", false, "a header without a tag"},
      {" ", false, "a header without a tag"},
      {"*", true, "any version"},
      {" * ", true, "white space around"},
      {"\"7\"", true, "the tag"},
      {"\"6\", \"7\"", true, "one of several"},
      {"\"6\"", false, "an older version"},
      {"W/\"7\"", false, "weak tags never match strongly, RFC 9110 13.1.1"},
      {"7", false, "no tag"},
      {"\"07\"", false, "a tag we never wrote"},
      {"\"-7\"", false, "a tag we never wrote"},
      {"\"7", false, "not closed"},
      {"\"\"", false, "empty tag"},
      {"\"99999999999999999999\"", false, "beyond 64 bits"},
      {"\"a,7\"", false, "foreign tag with a comma"},
      {",", false, "empty list"},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(Expected{each.if_match}.check(7).has_value(), each.holds) << each.if_match << ": " << each.why;
  }
}

TEST(Precondition, refuses_with_precondition_failed)
{
  const auto checked = Expected{etag_of(6)}.check(7);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code(), "precondition_failed");
}

}  // namespace
}  // namespace usher::users
