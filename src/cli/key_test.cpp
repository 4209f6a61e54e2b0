#include "cli/testing.hpp"

#include <string>
#include <string_view>

namespace usher::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct KeyCommands : CommandLine {
  void SetUp() override { (void)run({"init-db"}); }

  /// The kid that a rotation printed after `label`.
  std::string rotated(std::string_view label) const
  {
    const std::string out = run({"key", "rotate", "--force"}).out;
    return out.substr(out.find(label) + label.size(), 43);
  }

  /// One in 64 kids begins with a dash.
  Outcome drop(const std::string& kid) const
  {
    return run_bare({"key", "drop", "--data", data(), "--", kid});
  }
};

TEST_F(KeyCommands, let_no_key_sign_that_others_may_not_have)
{
  const Outcome outcome = run({"key", "rotate"});
  EXPECT_EQ(outcome.status, data_wrong);
  EXPECT_THAT(outcome.err, HasSubstr("key_too_young"));
  EXPECT_EQ(run({"key", "rotate", "--force"}).status, ok);
}

TEST_F(KeyCommands, drop_any_key_but_the_one_that_signs)
{
  const std::string retired = rotated("Retired: ");
  const Outcome dropped = drop(retired);
  EXPECT_EQ(dropped.status, ok) << dropped.err;
  EXPECT_THAT(dropped.out, HasSubstr("Dropped: " + retired));
  EXPECT_THAT(run({"key", "list"}).out, Not(HasSubstr(retired)));
  EXPECT_EQ(drop(retired).status, not_there);
  EXPECT_THAT(drop(rotated("Active: ")).err, HasSubstr("key_in_use"));
  EXPECT_EQ(run({"key", "drop"}).status, usage);
}

TEST_F(KeyCommands, have_no_public_half_to_export_of_a_shared_secret)
{
  const std::string other = file("shared");
  ASSERT_EQ(run_bare({"init-db", "--tokens-alg", "HS256", "--data", other}).status, ok);
  const Outcome exported = run_bare({"key", "export", "--data", other});
  EXPECT_EQ(exported.status, data_wrong);
  EXPECT_THAT(exported.out, IsEmpty());
  EXPECT_THAT(exported.err, HasSubstr("no public half"));
  EXPECT_THAT(run_bare({"key", "export", "--private", "--data", other}).out, Not(IsEmpty()));
}

}  // namespace
}  // namespace usher::cli
