#include "cli/testing.hpp"

#include <string>

namespace usher::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

struct ClientCommands : CommandLine {
  void SetUp() override { (void)run({"init-db"}); }

  std::string secret_of(const std::vector<std::string>& words) const
  {
    const Outcome outcome = run(words);
    const std::string label = "client_secret: ";
    const std::size_t at = outcome.out.find(label);
    return at == std::string::npos ? outcome.err : outcome.out.substr(at + label.size(), 43);
  }
};

TEST_F(ClientCommands, print_a_secret_once_and_never_again)
{
  const std::string secret = secret_of({"client", "add", "orders"});
  EXPECT_THAT(secret, MatchesRegex("[A-Za-z0-9_-]{43}"));
  EXPECT_THAT(run({"client", "list"}).out, AllOf(HasSubstr("orders"), Not(HasSubstr(secret))));
  EXPECT_THAT(run({"client", "list", "--json"}).out, Not(HasSubstr("secret")));
}

TEST_F(ClientCommands, make_another_secret_for_the_same_name)
{
  const std::string first = secret_of({"client", "add", "orders"});
  const std::string second = secret_of({"client", "rotate", "orders"});
  EXPECT_THAT(second, MatchesRegex("[A-Za-z0-9_-]{43}"));
  EXPECT_NE(first, second);
}

TEST_F(ClientCommands, give_the_scopes_that_are_named)
{
  EXPECT_THAT(
      run({"client", "add", "gateway", "--scope", "revoke,introspect", "--json"}).out,
      MatchesRegex("\\{\"client_id\":\"gateway\",\"client_secret\":\"[A-Za-z0-9_-]{43}\"\\}\n")
  );
  (void)run({"client", "add", "orders"});
  EXPECT_THAT(
      run({"client", "list", "--json"}).out,
      AllOf(
          HasSubstr(R"("client_id":"gateway","scope":"introspect revoke")"),
          HasSubstr(R"("client_id":"orders","scope":"introspect")")
      )
  );
}

TEST_F(ClientCommands, say_what_they_cannot_do)
{
  (void)run({"client", "add", "orders"});
  const Outcome taken = run({"client", "add", "orders"});
  EXPECT_EQ(taken.status, data_wrong);
  EXPECT_THAT(taken.err, HasSubstr("client_exists"));
  EXPECT_THAT(run({"client", "add", "Orders"}).err, HasSubstr("client_name_invalid"));
  EXPECT_EQ(run({"client", "add", "other", "--scope", "everything"}).status, usage);
  EXPECT_EQ(run({"client", "add"}).status, usage);
  EXPECT_EQ(run({"client", "rotate", "nobody"}).status, not_there);
  EXPECT_EQ(run({"client", "delete", "nobody"}).status, not_there);
}

TEST_F(ClientCommands, delete_for_good)
{
  (void)run({"client", "add", "orders"});
  EXPECT_THAT(run({"client", "delete", "orders"}).out, HasSubstr("orders is deleted"));
  EXPECT_THAT(run({"client", "list"}).out, Not(HasSubstr("orders")));
}

}  // namespace
}  // namespace usher::cli
