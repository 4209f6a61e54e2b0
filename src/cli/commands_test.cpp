#include "cli/testing.hpp"
#include "testing/vectors.hpp"

#include <sys/stat.h>
#include <sysexits.h>

#include <filesystem>
#include <fstream>

namespace usher::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string good_password = "lantern drizzle orbit\n";

class Commands : public CommandLine {
 protected:
  Outcome add(const std::string& email, const std::vector<std::string>& more = {}) const
  {
    std::vector<std::string> words{"user", "add", email, "--name", "Ada", "--age", "36"};
    words.insert(words.end(), more.begin(), more.end());
    return run(words, good_password);
  }
};

TEST_F(Commands, say_what_to_do_when_there_is_no_database)
{
  const Outcome outcome = run({"user", "list"});
  EXPECT_EQ(outcome.status, not_there);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("usher init-db"), HasSubstr("--data")));
  EXPECT_FALSE(std::filesystem::exists(data()));
}

TEST_F(Commands, init_db_makes_it_all_and_only_once)
{
  EXPECT_THAT(run({"init-db"}).out, HasSubstr("Made "));
  EXPECT_THAT(run({"init-db"}).out, HasSubstr("is up to date"));
  struct stat status{};
  ASSERT_EQ(::stat(data().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
  ASSERT_EQ(::stat((data() + "/master.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(Commands, refuse_a_master_key_that_others_may_read)
{
  (void)run({"init-db"});
  ::chmod((data() + "/master.key").c_str(), 0644);
  const Outcome outcome = run({"key", "rotate"});
  EXPECT_EQ(outcome.status, no_permission);
  EXPECT_THAT(outcome.err, HasSubstr("chmod 600"));
}

TEST_F(Commands, answer_wrong_settings_with_78_and_one_line)
{
  const Outcome outcome = run({"config", "--tokens-leeway", "2m"});
  EXPECT_EQ(outcome.status, config_wrong);
  EXPECT_EQ(outcome.err, "usher: tokens.leeway = \"2m\" (flag --tokens-leeway) must be from 0 to 1m\n");
}

TEST_F(Commands, config_says_where_each_value_comes_from)
{
  EXPECT_THAT(run({"config", "--access-ttl", "5m"}).out, HasSubstr("# flag --access-ttl"));
  EXPECT_THAT(
      run({"config", "--json"}).out, HasSubstr(R"("tokens.leeway":{"value":"0","origin":"default"})")
  );
}

TEST_F(Commands, user_add_list_and_show_agree)
{
  (void)run({"init-db"});
  const Outcome added = add("Ada@example.org", {"--admin"});
  EXPECT_EQ(added.status, ok) << added.err;
  EXPECT_EQ(added.out, "Added user 1 <Ada@example.org> with role ADMIN.\n");
  EXPECT_THAT(run({"user", "list"}).out, HasSubstr("Ada@example.org"));
  EXPECT_THAT(run({"user", "list", "--json", "--role", "ADMIN"}).out, HasSubstr(R"("role":"ADMIN")"));
  EXPECT_EQ(run({"user", "list", "--json", "--role", "USER"}).out, "[]\n");
  EXPECT_THAT(run({"user", "show", "ada@EXAMPLE.org", "--json"}).out, HasSubstr(R"("addresses":[])"));
  EXPECT_EQ(run({"user", "show", "1"}).status, ok);
  EXPECT_EQ(run({"user", "show", "2"}).status, not_there);
}

TEST_F(Commands, user_add_refuses_what_registration_refuses)
{
  (void)run({"init-db"});
  EXPECT_EQ(add("ada@example.org").status, ok);
  EXPECT_THAT(add("ADA@example.org").err, HasSubstr("email_taken"));
  EXPECT_THAT(add("nobody").err, HasSubstr("email: "));
  const Outcome weak = run({"user", "add", "b@example.org", "--name", "B", "--age", "36"}, "password\n");
  EXPECT_EQ(weak.status, data_wrong);
  EXPECT_THAT(weak.err, HasSubstr("password: "));
  EXPECT_EQ(run({"user", "add", "b@example.org", "--name", "B", "--age", "36"}, "").status, data_wrong);
}

TEST_F(Commands, user_password_may_come_from_a_file)
{
  (void)run({"init-db"});
  std::ofstream{file("secret")} << good_password;
  EXPECT_EQ(
      run({"user", "add", "a@example.org", "--name", "A", "--age", "36", "--password-file", file("secret")})
          .status,
      ok
  );
}

TEST_F(Commands, user_state_role_and_password_change)
{
  (void)run({"init-db"});
  (void)add("root@example.org", {"--admin"});
  (void)add("ada@example.org");
  EXPECT_EQ(run({"user", "disable", "2"}).status, ok);
  EXPECT_THAT(run({"user", "show", "2"}).out, HasSubstr("disabled"));
  EXPECT_EQ(run({"user", "enable", "2"}).status, ok);
  EXPECT_EQ(run({"user", "set-role", "ada@example.org", "ADMIN"}).status, ok);
  EXPECT_EQ(run({"user", "set-role", "2", "KING"}).status, usage);
  EXPECT_EQ(run({"user", "set-password", "2"}, "velvet harbour quartz\n").status, ok);
  EXPECT_EQ(run({"user", "set-role", "2", "USER"}).status, ok);
  EXPECT_THAT(run({"user", "disable", "1"}).err, HasSubstr("last_admin"));
}

TEST_F(Commands, user_delete_asks_to_be_told_twice)
{
  (void)run({"init-db"});
  (void)add("ada@example.org");
  EXPECT_EQ(run({"user", "delete", "1"}).status, usage);
  EXPECT_EQ(run({"user", "delete", "1", "--yes"}).status, ok);
  EXPECT_EQ(run({"user", "list"}).out, "There are no users.\n");
}

TEST_F(Commands, key_rotation_makes_the_next_key_active)
{
  (void)run({"init-db"});
  const std::string first = run({"key", "rotate", "--force"}).out;
  const std::string next = first.substr(first.find("Next: ") + 6, 43);
  EXPECT_THAT(run({"key", "rotate", "--force"}).out, HasSubstr("Active: " + next));
  EXPECT_THAT(run({"key", "list", "--json"}).out, HasSubstr(R"("state":"retired")"));
  EXPECT_THAT(run_bare({"key", "export", "--data", data(), "--", next}).out, HasSubstr("BEGIN PUBLIC KEY"));
  EXPECT_EQ(run({"key", "export", "nothing"}).status, not_there);
}

TEST_F(Commands, a_key_that_was_exported_can_be_imported_elsewhere)
{
  (void)run({"init-db"});
  const std::string rotated = run({"key", "rotate", "--force"}).out;
  const std::string kid = rotated.substr(rotated.find("Active: ") + 8, 43);
  const Outcome exported = run_bare({"key", "export", "--private", "--data", data(), "--", kid});
  EXPECT_THAT(exported.out, HasSubstr("PRIVATE KEY"));
  EXPECT_THAT(run({"key", "import", "-"}, exported.out).err, HasSubstr("key_exists"));
  EXPECT_EQ(run_bare({"init-db", "--data", file("other")}).status, ok);
  EXPECT_THAT(
      run_bare({"key", "import", "-", "--data", file("other")}, exported.out).out, HasSubstr("Next: " + kid)
  );
}

TEST_F(Commands, a_token_that_was_signed_verifies)
{
  (void)run({"init-db"});
  const std::string token = run({"token", "sign"}, R"({"sub":"7","exp":4000000000})").out;
  EXPECT_THAT(run({"token", "verify"}, token).out, HasSubstr("\"sub\": \"7\""));
  EXPECT_THAT(run_bare({"token", "inspect"}, token).out, AllOf(HasSubstr("at+jwt"), HasSubstr("4000000000")));
  std::ofstream{file("token")} << token;
  EXPECT_EQ(run({"token", "verify", file("token")}).status, ok);
}

TEST_F(Commands, a_token_that_is_not_good_ends_with_1_and_the_reason)
{
  (void)run({"init-db"});
  const std::string expired = run({"token", "sign"}, R"({"exp":1000000000})").out;
  const Outcome outcome = run({"token", "verify"}, expired);
  EXPECT_EQ(outcome.status, failed);
  EXPECT_THAT(outcome.err, HasSubstr("token_expired"));
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_EQ(run({"token", "verify"}, "nonsense").status, failed);
  EXPECT_EQ(run_bare({"token", "inspect"}, "nonsense").status, data_wrong);
  EXPECT_EQ(run({"token", "sign"}, "not json").status, data_wrong);
}

TEST_F(Commands, that_only_use_the_keys_leave_their_algorithm_alone)
{
  (void)run({"init-db", "--tokens-alg", "EdDSA"});
  EXPECT_THAT(run_bare({"token", "inspect"}, run({"token", "sign"}, "{}").out).out, HasSubstr("EdDSA"));
  EXPECT_EQ(run({"key", "rotate", "--force"}).status, ok);
  EXPECT_THAT(run({"key", "list"}).out, Not(HasSubstr("ES256")));
}

TEST_F(Commands, healthcheck_fails_when_nothing_listens)
{
  const Outcome outcome = run({"healthcheck", "--at", "127.0.0.1:1"});
  EXPECT_EQ(outcome.status, failed);
  EXPECT_THAT(outcome.err, HasSubstr("nothing answers"));
}

TEST_F(Commands, openapi_describes_every_route_and_leaves_nothing_behind)
{
  const Outcome outcome = run_bare({"openapi"});
  EXPECT_EQ(outcome.status, ok) << outcome.err;
  for (const std::string_view path :
       {"/api/users/{id}/addresses/{aid}", "/api/auth/fresh", "/.well-known/jwks.json"}) {
    EXPECT_THAT(outcome.out, HasSubstr(path));
  }
  EXPECT_THAT(run_bare({"openapi", "--postman"}).out, HasSubstr("Walk"));
  EXPECT_THAT(run_bare({"openapi", "--postman-environment"}).out, HasSubstr("base_url"));
}

TEST_F(Commands, openapi_lists_every_error_as_the_reference_page_does)
{
  EXPECT_EQ(run_bare({"openapi", "--errors"}).out, usher::testing::read_file("docs/errors.md"))
      << "run: usher openapi --errors >docs/errors.md";
}

TEST_F(Commands, a_database_that_others_may_read_is_refused)
{
  (void)run({"init-db"});
  ::chmod((data() + "/usher.db").c_str(), 0644);
  const Outcome outcome = run({"user", "list"});
  EXPECT_EQ(outcome.status, no_permission);
  EXPECT_THAT(outcome.err, HasSubstr("run: chmod 600 " + data() + "/usher.db"));
}

TEST_F(Commands, version_is_printed_either_way)
{
  EXPECT_EQ(run_bare({"version"}).out, run_bare({"--version"}).out);
}

}  // namespace
}  // namespace usher::cli
