#include "features/auth/authenticator.hpp"

#include "features/auth/workbench_test.hpp"

#include <array>
#include <string>

namespace usher::auth {
namespace {

using namespace std::chrono_literals;
using http::TokenUse;
using sessions::EndReason;

struct Authenticate : Workbench {
  TokenAuthenticator authenticator{mint, door, revoked, clock};
  Grant grant = log_in(ada);

  Result<Caller> ask(const std::string& token, TokenUse use = TokenUse::access)
  {
    return authenticator.authenticate(token, use);
  }

  std::string code_of(const std::string& token)
  {
    const auto outcome = ask(token);
    return outcome ? std::string{"done"} : std::string{outcome.error().code()};
  }

  /// A second way in: another loop with a cache of its own, which has never seen the token.
  std::string code_elsewhere(const std::string& token)
  {
    tokens::Mint other_mint{ring, options.tokens, clock};
    TokenAuthenticator other{other_mint, door, revoked, clock};
    const auto outcome = other.authenticate(token, TokenUse::access);
    return outcome ? std::string{"done"} : std::string{outcome.error().code()};
  }
};

TEST_F(Authenticate, fills_in_the_caller)
{
  const auto caller = ask(access_token(grant));
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->user, ada.value);
  EXPECT_EQ(caller->session, grant.session.id);
  EXPECT_EQ(caller->generation, grant.user.generation);
  EXPECT_EQ(caller->counter, 0);
  EXPECT_FALSE(caller->admin);
  EXPECT_TRUE(caller->fresh);
  EXPECT_EQ(caller->auth_time, start_time);
  EXPECT_EQ(caller->amr, "pwd");
}

TEST_F(Authenticate, knows_administrators_and_stale_tokens)
{
  const users::UserId root = new_user("root@example.org", users::Role::admin);
  const auto caller = ask(access_token(log_in(root), Freshness::not_fresh));
  ASSERT_TRUE(caller);
  EXPECT_TRUE(caller->admin);
  EXPECT_FALSE(caller->fresh);
}

TEST_F(Authenticate, takes_each_kind_of_token_only_where_it_belongs)
{
  const std::string refresh = mint.sign(refresh_claims(grant));
  EXPECT_EQ(code_of(refresh), "token_wrong_type");
  EXPECT_EQ(ask(access_token(grant), TokenUse::refresh).error().code(), "token_wrong_type");
  const auto caller = ask(refresh, TokenUse::refresh);
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->counter, 1);
  EXPECT_EQ(caller->session, grant.session.id);
  EXPECT_FALSE(caller->fresh);
}

TEST_F(Authenticate, refuses_from_the_moment_a_session_ends)
{
  const std::string token = access_token(grant);
  ASSERT_EQ(code_of(token), "done");
  write([&](db::Tx& tx) { return sessions::end(tx, grant.session.id, EndReason::logout, clock.now()); });
  EXPECT_EQ(code_of(token), "session_ended");
  EXPECT_EQ(ask(token).error().detail, "This session was logged out.");
  EXPECT_EQ(code_elsewhere(token), "session_ended");
}

TEST_F(Authenticate, refuses_what_was_revoked_before_it_was_first_seen)
{
  const std::string token = access_token(grant);
  write([&](db::Tx& tx) { return sessions::end(tx, grant.session.id, EndReason::logout, clock.now()); });
  EXPECT_EQ(code_of(token), "session_ended");
  EXPECT_EQ(code_of(token), "session_ended");
}

TEST_F(Authenticate, refuses_an_older_generation)
{
  const std::string token = access_token(grant);
  ASSERT_EQ(code_of(token), "done");
  write([&](db::Tx& tx) {
    const auto user = users::set_password(tx, ada, "$new$", clock.now()).value();
    sessions::revoke_user(tx, ada, user.generation, clock.now());
    sessions::adopt_generation(tx, grant.session.id, user.generation);
  });
  EXPECT_EQ(code_of(token), "token_revoked");
  EXPECT_EQ(code_elsewhere(token), "token_revoked");
}

TEST_F(Authenticate, accepts_the_new_generation_of_a_session_that_was_taken_along)
{
  write([&](db::Tx& tx) {
    const auto user = users::set_password(tx, ada, "$new$", clock.now()).value();
    sessions::revoke_user(tx, ada, user.generation, clock.now());
    sessions::adopt_generation(tx, grant.session.id, user.generation);
  });
  const auto refreshed = refresh_with(grant.session.id, 1);
  ASSERT_TRUE(refreshed);
  EXPECT_EQ(code_of(access_token(*refreshed->grant, Freshness::not_fresh)), "done");
}

TEST_F(Authenticate, refuses_a_generation_ahead_of_the_user_s)
{
  grant.user.generation += 1;
  EXPECT_EQ(code_of(access_token(grant)), "token_revoked");
}

TEST_F(Authenticate, refuses_the_disabled_and_the_deleted)
{
  const std::string token = access_token(grant);
  ASSERT_EQ(code_of(token), "done");
  write([&](db::Tx& tx) {
    const auto user = users::set_access(tx, ada, users::Access::disabled, clock.now()).value();
    sessions::revoke_user(tx, ada, user.generation, clock.now());
  });
  EXPECT_EQ(code_of(token), "token_revoked");
  write([&](db::Tx& tx) { return users::erase(tx, ada); });
  EXPECT_EQ(code_of(token), "session_ended");
  EXPECT_EQ(code_elsewhere(token), "session_ended");
}

TEST_F(Authenticate, refuses_a_session_that_is_not_there_or_somebody_elses)
{
  const users::UserId bob = new_user("bob@example.org", users::Role::user);
  Grant foreign = log_in(bob);
  foreign.session.id = grant.session.id;
  EXPECT_EQ(code_of(access_token(foreign)), "session_ended");
  grant.session.id = crypto::make_uuid7();
  EXPECT_EQ(code_of(access_token(grant)), "session_ended");
}

TEST_F(Authenticate, lets_the_database_decide_when_the_set_is_wrong)
{
  const std::string token = access_token(grant);
  ASSERT_EQ(code_of(token), "done");
  const sessions::Revocation wrong{.session = grant.session.id, .user = ada};
  revoked.apply(std::array{wrong}, sessions::Revoked::Stamp{});
  EXPECT_EQ(code_of(token), "done");
}

TEST_F(Authenticate, asks_the_database_about_tokens_that_outlive_the_set)
{
  tokens::Options longer = options.tokens;
  longer.access_ttl = 24h;
  const std::string token = mint.sign(access_claims(grant, Freshness::fresh, longer, clock.now()));
  ASSERT_EQ(code_of(token), "done");
  // Not told to the set: as if it had forgotten.
  write([&](db::Tx& tx) { tx.execute("UPDATE sessions SET ended_at = 1, end_reason = 'logout'"); });
  EXPECT_EQ(code_of(token), "session_ended");
}

TEST_F(Authenticate, judges_expiry_at_use)
{
  const std::string token = access_token(grant);
  ASSERT_EQ(code_of(token), "done");
  clock.advance(options.tokens.access_ttl);
  EXPECT_EQ(code_of(token), "token_expired");
}

TEST_F(Authenticate, does_not_remember_a_token_whose_question_could_not_be_asked)
{
  const std::string token = access_token(grant);
  write([&](db::Tx& tx) {
    sessions::end(tx, grant.session.id, EndReason::logout, clock.now());
    tx.execute("ALTER TABLE sessions RENAME TO gone");
  });
  EXPECT_ANY_THROW((void)ask(token));
  write([&](db::Tx& tx) { tx.execute("ALTER TABLE gone RENAME TO sessions"); });
  EXPECT_EQ(code_of(token), "session_ended");
}

}  // namespace
}  // namespace usher::auth
