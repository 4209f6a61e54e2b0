#include "cli/argv.hpp"

#include "cli/completion.hpp"
#include "cli/help.hpp"
#include "cli/testing.hpp"
#include "testing/vectors.hpp"

namespace usher::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST(Argv, finds_the_command_and_its_words)
{
  const Asked asked = understand(std::vector<std::string>{"user", "set-role", "7", "ADMIN"});
  ASSERT_NE(asked.command, nullptr);
  EXPECT_EQ(asked.command->path, "user set-role");
  EXPECT_EQ(asked.invocation.word("USER"), "7");
  EXPECT_EQ(asked.invocation.word("ROLE"), "ADMIN");
}

TEST(Argv, takes_settings_before_and_after_the_command)
{
  const Asked asked =
      understand(std::vector<std::string>{"--data", "a", "serve", "--access-ttl=5m", "--listen", "x:1"});
  ASSERT_THAT(asked.invocation.sources.flags, SizeIs(3));
  EXPECT_EQ(asked.invocation.sources.flags[0].name, "http.listen");
  EXPECT_EQ(asked.invocation.sources.flags[0].flag, "--listen");
  EXPECT_EQ(asked.invocation.sources.flags[0].value, "x:1");
}

TEST(Argv, joins_a_list_that_is_given_twice)
{
  const Asked asked = understand(std::vector<std::string>{"serve", "--listen", "a:1", "--listen", "b:2"});
  ASSERT_THAT(asked.invocation.sources.flags, SizeIs(1));
  EXPECT_EQ(asked.invocation.sources.flags[0].value, "a:1,b:2");
}

TEST(Argv, takes_switches_of_settings_with_and_without_a_value)
{
  const Asked bare = understand(std::vector<std::string>{"serve", "--accounts-public-search"});
  ASSERT_THAT(bare.invocation.sources.flags, SizeIs(1));
  EXPECT_EQ(bare.invocation.sources.flags[0].value, "true");
  const Asked off = understand(std::vector<std::string>{"serve", "--http-access-log=false"});
  ASSERT_THAT(off.invocation.sources.flags, SizeIs(1));
  EXPECT_EQ(off.invocation.sources.flags[0].value, "false");
}

TEST(Argv, has_no_flag_for_a_secret)
{
  EXPECT_EQ(understand(std::vector<std::string>{"serve", "--admin-password", "x"}).status, usage);
}

TEST(Argv, answers_wrong_usage_with_64_and_a_hint)
{
  struct Case {
    std::vector<std::string> words;
    std::string_view hint;
  };
  for (const auto& [words, hint] : {
           Case{{"sevre"}, "did you mean serve?"},
           Case{{"serve", "--lisen", "x:1"}, "did you mean --listen?"},
           Case{{"user", "ad"}, "did you mean add?"},
           Case{{"user", "show"}, "USER is required"},
           Case{{"user"}, "Usage: usher user COMMAND"},
           Case{{}, "Usage: usher COMMAND"},
           Case{{"user", "add", "a@b.c", "--name", "A"}, "--age is required"},
       }) {
    const Asked asked = understand(words);
    EXPECT_EQ(asked.status, usage) << hint;
    EXPECT_THAT(asked.text, HasSubstr(hint));
  }
}

TEST(Argv, prints_help_for_everything)
{
  EXPECT_THAT(understand(std::vector<std::string>{"--help"}).text, StartsWith("usher - "));
  EXPECT_EQ(understand(std::vector<std::string>{"--help"}).status, ok);
  for (const Command& command : all_commands()) {
    std::vector<std::string> words;
    std::istringstream path{std::string{command.path}};
    for (std::string word; path >> word;) {
      words.push_back(word);
    }
    words.emplace_back("--help");
    EXPECT_THAT(understand(words).text, StartsWith("usher " + std::string{command.path} + " - "));
  }
}

TEST(Help, may_be_asked_for_first)
{
  const Asked asked = understand(std::vector<std::string>{"help", "user", "add"});
  EXPECT_EQ(asked.status, ok);
  EXPECT_EQ(asked.text, help("user add"));
}

TEST(Help, offers_a_data_directory_only_where_it_is_read)
{
  EXPECT_THAT(help("user add"), HasSubstr("--data"));
  for (const std::string_view path : {"version", "help", "completion", "token inspect", "openapi"}) {
    EXPECT_THAT(help(path), ::testing::Not(HasSubstr("--data"))) << path;
  }
}

TEST(Help, is_what_the_reference_page_says)
{
  EXPECT_EQ(usher::testing::read_file("docs/cli.md"), command_page())
      << "run: usher help --markdown >docs/cli.md";
}

TEST(Completion, is_a_script_that_bash_can_read)
{
  EXPECT_THAT(completion("bash"), HasSubstr("[ ${#COMPREPLY[@]} -gt 0 ] ||"));
}

TEST(Completion, knows_every_command_in_every_shell)
{
  for (const std::string_view shell : {"bash", "zsh", "fish"}) {
    const std::string script = completion(shell);
    EXPECT_THAT(script, HasSubstr("set-password")) << shell;
    EXPECT_THAT(script, HasSubstr("healthcheck")) << shell;
  }
  EXPECT_EQ(completion("csh"), "");
}

}  // namespace
}  // namespace usher::cli
