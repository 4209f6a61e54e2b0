#include "app/options.hpp"

#include <gmock/gmock.h>

namespace usher::app {
namespace {

// The defaults stand in two places: in config, for the reference page, and in each room's Options, for its
// tests.

TEST(Options, of_http_have_the_same_defaults_as_the_settings)
{
  const http::Options ours = http_options({});
  const http::Options theirs;
  EXPECT_EQ(ours.listen, theirs.listen);
  EXPECT_EQ(ours.threads, theirs.threads);
  EXPECT_EQ(ours.head_bytes_max, theirs.head_bytes_max);
  EXPECT_EQ(ours.header_count_max, theirs.header_count_max);
  EXPECT_EQ(ours.target_bytes_max, theirs.target_bytes_max);
  EXPECT_EQ(ours.body_bytes_max, theirs.body_bytes_max);
  EXPECT_EQ(ours.connections_max, theirs.connections_max);
  EXPECT_EQ(ours.idle_timeout, theirs.idle_timeout);
  EXPECT_EQ(ours.message_timeout, theirs.message_timeout);
  EXPECT_EQ(ours.drain_timeout, theirs.drain_timeout);
  EXPECT_EQ(ours.access_log, theirs.access_log);
}

TEST(Options, of_tokens_have_the_same_defaults_as_the_settings)
{
  const auth::Options ours = auth_options({});
  const auth::Options theirs;
  EXPECT_EQ(ours.tokens.issuer, theirs.tokens.issuer);
  EXPECT_EQ(ours.tokens.audience, theirs.tokens.audience);
  EXPECT_EQ(ours.tokens.access_ttl, theirs.tokens.access_ttl);
  EXPECT_EQ(ours.tokens.refresh_ttl, theirs.tokens.refresh_ttl);
  EXPECT_EQ(ours.tokens.fresh_for, theirs.tokens.fresh_for);
  EXPECT_EQ(ours.tokens.leeway, theirs.tokens.leeway);
  EXPECT_EQ(ours.session_life_max, theirs.session_life_max);
  EXPECT_EQ(ours.reuse_window, theirs.reuse_window);
}

TEST(Options, of_passwords_have_the_same_defaults_as_the_settings)
{
  const passwords::Options ours = password_options({});
  const passwords::Options theirs;
  EXPECT_EQ(ours.memory_kib, theirs.memory_kib);
  EXPECT_EQ(ours.passes, theirs.passes);
  EXPECT_EQ(ours.threads, theirs.threads);
  EXPECT_EQ(ours.queue_max, theirs.queue_max);
  EXPECT_EQ(ours.wait_max, theirs.wait_max);
  EXPECT_EQ(ours.niceness, theirs.niceness);
  EXPECT_EQ(ours.length_min, theirs.length_min);
  EXPECT_EQ(ours.length_max, theirs.length_max);
  EXPECT_EQ(ours.strength_min, theirs.strength_min);
}

TEST(Options, of_limits_have_the_same_defaults_as_the_settings)
{
  const limits::Options ours = limit_options({});
  const limits::Options theirs;
  EXPECT_EQ(ours.per_account_and_source, theirs.per_account_and_source);
  EXPECT_EQ(ours.per_source, theirs.per_source);
  EXPECT_EQ(ours.per_account, theirs.per_account);
  EXPECT_EQ(ours.window, theirs.window);
  EXPECT_EQ(ours.registrations_per_source, theirs.registrations_per_source);
  EXPECT_EQ(ours.register_window, theirs.register_window);
  EXPECT_EQ(ours.entries_max, theirs.entries_max);
}

TEST(Options, of_accounts_say_whether_anybody_may_register)
{
  config::Config config;
  EXPECT_EQ(account_options(config, {}).registration, accounts::Options{}.registration);
  config.accounts.registration = config::Registration::closed;
  EXPECT_EQ(account_options(config, {}).registration, accounts::Registration::closed);
}

TEST(Options, carry_the_names_of_algorithms_and_levels_over)
{
  config::Config config;
  config.tokens.alg = config::Alg::rs256;
  config.log.level = config::LogLevel::warning;
  EXPECT_EQ(algorithm(config), crypto::Algorithm::rs256);
  EXPECT_EQ(log_level(config), log::Level::warning);
}

}  // namespace
}  // namespace usher::app
