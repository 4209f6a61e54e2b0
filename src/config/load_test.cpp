#include "config/load.hpp"

#include "config/checks.hpp"
#include "config/file.hpp"
#include "config/print.hpp"
#include "testing/database.hpp"
#include "testing/vectors.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <set>

namespace usher::config {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Settings : public ::testing::Test {
 protected:
  void write_file(std::string_view text)
  {
    sources.file = folder.path() / "usher.toml";
    std::ofstream{sources.file} << text;
  }

  Loaded loaded() { return load(sources).value(); }

  std::string refused()
  {
    const Result<Loaded> outcome = load(sources);
    EXPECT_FALSE(outcome.has_value());
    return outcome ? "" : outcome.error().detail;
  }

  usher::testing::TempFolder folder;
  Sources sources;
};

TEST_F(Settings, are_the_defaults_when_nothing_is_given)
{
  EXPECT_EQ(loaded().config.tokens.access_ttl, std::chrono::minutes{15});
  EXPECT_THAT(loaded().config.http.listen, ElementsAre("127.0.0.1:8080"));
  EXPECT_EQ(loaded().origin_of("tokens.access_ttl"), "default");
}

TEST_F(Settings, come_from_the_file_when_it_names_them)
{
  write_file(
      "compat = \"day7\"\n[tokens]\naccess_ttl = \"5m\"\nleeway = 7\n[http]\nlisten = [\"[::1]:1\", "
      "\"a:2\"]\n"
  );
  EXPECT_EQ(loaded().config.tokens.access_ttl, std::chrono::minutes{5});
  EXPECT_EQ(loaded().config.tokens.leeway, std::chrono::seconds{7});
  EXPECT_EQ(loaded().config.compat, Compat::day7);
  EXPECT_THAT(loaded().config.http.listen, ElementsAre("[::1]:1", "a:2"));
  EXPECT_EQ(loaded().origin_of("tokens.access_ttl"), sources.file + ":3");
}

TEST_F(Settings, from_the_environment_stand_over_the_file)
{
  write_file("[tokens]\naccess_ttl = \"5m\"\n");
  sources.environment["USHER_TOKENS_ACCESS_TTL"] = "6m";
  EXPECT_EQ(loaded().config.tokens.access_ttl, std::chrono::minutes{6});
  EXPECT_EQ(loaded().origin_of("tokens.access_ttl"), "environment USHER_TOKENS_ACCESS_TTL");
}

TEST_F(Settings, from_flags_stand_over_everything)
{
  write_file("[tokens]\naccess_ttl = \"5m\"\n");
  sources.environment["USHER_TOKENS_ACCESS_TTL"] = "6m";
  sources.flags = {{"tokens.access_ttl", "7m", "--access-ttl"}};
  EXPECT_EQ(loaded().config.tokens.access_ttl, std::chrono::minutes{7});
  EXPECT_EQ(loaded().origin_of("tokens.access_ttl"), "flag --access-ttl");
}

TEST_F(Settings, name_value_source_and_cure_when_one_is_bad)
{
  write_file("[tokens]\n\naccess_ttl = \"soon\"\n");
  EXPECT_EQ(
      refused(),
      "tokens.access_ttl = \"soon\" (" + sources.file +
          ":3) must be a duration such as 90s, 15m, 24h or 30d, or whole seconds"
  );
}

TEST_F(Settings, are_all_named_when_several_are_bad)
{
  sources.environment = {{"USHER_TOKENS_LEEWAY", "61"}, {"USHER_LOG_LEVEL", "loud"}};
  EXPECT_EQ(
      refused(),
      "log.level = \"loud\" (environment USHER_LOG_LEVEL) must be one of debug, info, warning, error, off\n"
      "tokens.leeway = \"61\" (environment USHER_TOKENS_LEEWAY) must be from 0 to 1m"
  );
}

TEST_F(Settings, refuse_an_unknown_key_with_its_position_and_the_nearest_name)
{
  write_file("[tokens]\n  acess_ttl = \"5m\"\n");
  EXPECT_EQ(
      refused(),
      "tokens.acess_ttl (" + sources.file + ":2:3) is not a setting; did you mean tokens.access_ttl?"
  );
}

TEST_F(Settings, refuse_an_unknown_section_even_when_it_is_empty)
{
  write_file("[tokns]\n");
  EXPECT_THAT(refused(), HasSubstr("tokns (" + sources.file + ":1:2) is not a setting"));
}

TEST_F(Settings, refuse_a_misspelt_variable)
{
  sources.environment["USHER_TOKENS_ACESS_TTL"] = "5m";
  EXPECT_THAT(refused(), HasSubstr("is not a setting; did you mean USHER_TOKENS_ACCESS_TTL?"));
}

TEST_F(Settings, only_warn_of_variables_that_somebody_else_sets)
{
  sources.environment["USHER_SERVICE_HOST"] = "10.0.0.1";  // Kubernetes, for a service named usher
  EXPECT_THAT(loaded().warnings, ElementsAre(HasSubstr("USHER_SERVICE_HOST")));
}

TEST_F(Settings, refuse_a_file_that_is_not_toml)
{
  write_file("[tokens\n");
  EXPECT_THAT(refused(), AllOf(HasSubstr(sources.file + ":1:"), HasSubstr("is not TOML")));
}

TEST_F(Settings, refuse_a_file_that_is_named_but_not_there)
{
  sources.file = folder.path() / "nowhere.toml";
  EXPECT_THAT(refused(), HasSubstr("cannot be read"));
}

TEST_F(Settings, refuse_values_of_another_type_in_the_file)
{
  struct Case {
    std::string_view text;
    std::string_view reason;
  };
  for (const auto& [text, reason] : {
           Case{"http.listen = 8080", "list of strings"},
           Case{"accounts.public_search = \"true\"", "without quotes"},
           Case{"tokens.issuer = true", "string in quotes"},
           Case{"http.threads = 1.5", "whole number"},
           Case{"tokens.leeway = 1979-05-27", "duration"},
           Case{"admin.password = \"x\"", "USHER_ADMIN_PASSWORD_FILE"},
       }) {
    write_file(text);
    EXPECT_THAT(refused(), HasSubstr(reason)) << text;
  }
}

TEST_F(Settings, read_a_secret_from_the_file_that_its_variable_names)
{
  const auto path = folder.path() / "password";
  std::ofstream{path} << "correct horse\n";
  sources.environment = {{"USHER_ADMIN_EMAIL", "a@example.com"}, {"USHER_ADMIN_PASSWORD_FILE", path}};
  EXPECT_EQ(loaded().config.admin.password.reveal(), "correct horse");
}

TEST_F(Settings, never_show_a_secret)
{
  sources.environment = {{"USHER_ADMIN_EMAIL", "a@example.com"}, {"USHER_ADMIN_PASSWORD", "correct horse"}};
  const Loaded all = loaded();
  EXPECT_THAT(in_force(all) + in_force_json(all), ::testing::Not(HasSubstr("correct horse")));
}

TEST_F(Settings, are_held_against_one_another)
{
  struct Case {
    std::string_view name;
    std::string_view value;
    std::string_view reason;
  };
  for (const auto& [name, value, reason] : {
           Case{"tls.cert", "/c.pem", "tls.key = \"\" (default) must be given beside tls.cert"},
           Case{"tls.key", "/k.pem", "must be given beside tls.key"},
           Case{"passwords.memory_kib", "12288", "is too little for 2 passes"},
           Case{"passwords.passes", "1", "is too little for 1 passes"},
           Case{"tokens.refresh_ttl", "1m", "tokens.access_ttl"},
           Case{"tokens.rotate_every", "10m", "at least 1h"},
           Case{"admin.email", "a@b.c", "go together"},
           Case{"http.listen", "", "at least one"},
       }) {
    sources.flags = {{std::string{name}, std::string{value}, "--x"}};
    EXPECT_THAT(refused(), HasSubstr(reason)) << name;
  }
}

TEST_F(Settings, refuse_values_out_of_their_form)
{
  struct Case {
    std::string_view name;
    std::string_view value;
  };
  for (const auto& [name, value] : {
           Case{"http.listen", "8080"},
           Case{"http.listen", ":8080"},
           Case{"http.listen", "127.0.0.1:70000"},
           Case{"http.listen", "::1:80"},
           Case{"http.trusted_proxies", "10.0.0.0/33"},
           Case{"http.trusted_proxies", "proxy"},
           Case{"http.cors_origins", "*"},
           Case{"http.cors_origins", "https://a.example/x"},
           Case{"http.threads", "-1"},
           Case{"http.body_max", "99999999999999999999"},
           Case{"http.body_max", "9223372036854775807m"},
           Case{"http.threads", "4 "},
           Case{"data.url", "postgres://x/y"},
           Case{"data.url", "usher.db"},
           Case{"tokens.leeway", "-5"},
           Case{"tokens.leeway", "2m"},
           Case{"tokens.alg", "none"},
           Case{"accounts.public_search", "yes"},
           Case{"sessions.reuse_window", "never"},
           Case{"tokens.issuer", ""},
           Case{"passwords.length_min", "7"},
           Case{"http.metrics_listen", "metrics"},
       }) {
    sources.flags = {{std::string{name}, std::string{value}, "--x"}};
    EXPECT_THAT(refused(), HasSubstr(std::string{name} + " = \"")) << value;
  }
}

TEST_F(Settings, take_values_in_their_form)
{
  sources.flags = {
      {"http.body_max", "1m", "--x"},
      {"http.trusted_proxies", "10.0.0.0/8, fd00::/8,127.0.0.1", "--x"},
      {"http.metrics_listen", "", "--x"},
      {"sessions.reuse_window", "0", "--x"},
      {"http.cors_origins", "https://a.example:8443", "--x"},
  };
  const Config config = loaded().config;
  EXPECT_EQ(config.http.body_max, 1024U * 1024U);
  EXPECT_THAT(config.http.trusted_proxies, ElementsAre("10.0.0.0/8", "fd00::/8", "127.0.0.1"));
  EXPECT_EQ(config.http.metrics_listen, "");
  EXPECT_EQ(config.sessions.reuse_window, std::chrono::seconds{0});
}

TEST_F(Settings, in_force_read_back_as_themselves)
{
  sources.flags = {
      {"http.listen", "127.0.0.1:0,[::1]:0", "--listen"}, {"tokens.issuer", "a \"b\" \\ c", "--x"}
  };
  const std::string printed = in_force(loaded());
  sources.flags.clear();
  write_file(printed);
  EXPECT_EQ(loaded().config.tokens.issuer, "a \"b\" \\ c");
  EXPECT_THAT(loaded().config.http.listen, ElementsAre("127.0.0.1:0", "[::1]:0"));
}

TEST_F(Settings, warn_of_a_public_address_without_tls)
{
  sources.flags = {{"http.listen", "0.0.0.0:8080", "--listen"}};
  EXPECT_THAT(second_thoughts(loaded().config), ElementsAre(HasSubstr("without TLS")));
  sources.flags = {{"http.listen", "127.0.0.1:8080,[::1]:8080,localhost:1", "--listen"}};
  EXPECT_THAT(second_thoughts(loaded().config), ElementsAre());
}

TEST(SettingsTable, holds_each_name_flag_and_variable_once)
{
  std::set<std::string> seen;
  for (const Setting& setting : all_settings()) {
    EXPECT_TRUE(seen.insert(setting.variable()).second) << setting.name;
    EXPECT_TRUE(seen.insert(setting.flag()).second) << setting.name;
    EXPECT_FALSE(setting.doc.empty()) << setting.name;
  }
}

TEST(SettingsTable, has_defaults_that_it_would_accept_itself)
{
  Config defaults;
  for (const Setting& setting : all_settings()) {
    EXPECT_EQ(setting.set(defaults, setting, setting.get(defaults)), "") << setting.name;
  }
  EXPECT_TRUE(clashes(defaults).empty());
}

TEST(Clashes, keep_the_audience_of_the_revocation_feed_to_the_feed)
{
  Config config;
  config.tokens.audience = "revocations";
  const std::vector<Clash> found = clashes(config);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0].reason, HasSubstr("audience of the revocation feed"));
}

TEST(SettingsTable, is_what_the_reference_page_says)
{
  EXPECT_EQ(usher::testing::read_file("docs/configuration.md"), reference_page())
      << "run: usher config --markdown >docs/configuration.md";
}

TEST(Suggestion, is_the_nearest_name_or_nothing)
{
  EXPECT_EQ(suggestion("tokens.isuer", {"tokens.issuer", "tls.key"}), "; did you mean tokens.issuer?");
  EXPECT_EQ(suggestion("database", {"tokens.issuer", "tls.key"}), "");
}

}  // namespace
}  // namespace usher::config
