#include "features/sessions/alive.hpp"

#include "crypto/random.hpp"
#include "features/sessions/store.hpp"
#include "features/users/store.hpp"
#include "testing/database.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace usher::sessions {
namespace {

using namespace std::chrono_literals;
using testing::in;

class Alive : public ::testing::Test {
 protected:
  users::User add(const char* email)
  {
    const users::NewUser wanted{.profile = {.name = "Somebody", .email = email, .age = 36}};
    return in(*database, [&](db::Tx& tx) { return users::insert(tx, wanted, now); }).value();
  }

  Caller log_in(const users::User& user)
  {
    const Session session{
        .id = crypto::make_uuid7(),
        .user = user.id,
        .generation = user.generation,
        .idle_expires = now + 1h,
        .expires = now + 24h
    };
    in(*database, [&](db::Tx& tx) { insert(tx, session); });
    return {.user = user.id.value, .session = session.id, .generation = user.generation};
  }

  Verdict verdict(const Caller& who, Instant at)
  {
    return in(*database, [&](db::Tx& tx) { return standing_of(tx, who, at); }).verdict;
  }

  std::string_view check(const Caller& who)
  {
    const auto checked = in(*database, [&](db::Tx& tx) { return check_alive(tx, who, now); });
    return checked ? "alive" : checked.error().code();
  }

  testing::TestDatabase database{users::migrations(), migrations()};
  Instant now{1'700'000'000s};
  users::User ada = add("ada@example.org");
  Caller caller = log_in(ada);
};

TEST_F(Alive, are_session_and_user_as_the_token_says)
{
  EXPECT_EQ(verdict(caller, now), Verdict::rotate);
  EXPECT_EQ(check(caller), "alive");
}

TEST_F(Alive, is_no_session_that_ended)
{
  in(*database, [&](db::Tx& tx) { return end(tx, caller.session, EndReason::logout, now); });
  const Standing standing = in(*database, [&](db::Tx& tx) { return standing_of(tx, caller, now); });
  EXPECT_EQ(standing.verdict, Verdict::ended);
  ASSERT_TRUE(standing.session);
  EXPECT_EQ(standing.session->end_reason, EndReason::logout);
  EXPECT_EQ(check(caller), "token_revoked");
}

TEST_F(Alive, is_no_session_at_its_absolute_end_but_one_that_is_idle)
{
  EXPECT_EQ(verdict(caller, now + 2h), Verdict::rotate);
  EXPECT_EQ(verdict(caller, now + 24h), Verdict::run_out);
}

TEST_F(Alive, is_no_session_that_is_not_there_or_anothers)
{
  Caller stranger = caller;
  stranger.session = crypto::make_uuid7();
  EXPECT_EQ(verdict(stranger, now), Verdict::ended);
  stranger.session = log_in(add("bob@example.org")).session;
  EXPECT_EQ(verdict(stranger, now), Verdict::ended);
  EXPECT_EQ(check(stranger), "token_revoked");
}

TEST_F(Alive, is_nobody_who_was_disabled_or_deleted)
{
  in(*database, [&](db::Tx& tx) { return users::set_access(tx, ada.id, users::Access::disabled, now); }
  ).value();
  EXPECT_EQ(verdict(caller, now), Verdict::outdated);
  in(*database, [&](db::Tx& tx) { return users::erase(tx, ada.id); });
  EXPECT_EQ(verdict(caller, now), Verdict::outdated);
}

TEST_F(Alive, is_no_token_of_another_generation_even_in_a_session_that_went_on)
{
  in(*database, [&](db::Tx& tx) { return users::set_password(tx, ada.id, "$new", now); }).value();
  EXPECT_EQ(verdict(caller, now), Verdict::outdated);
  in(*database, [&](db::Tx& tx) { adopt_generation(tx, caller.session, 2); });
  EXPECT_EQ(verdict(caller, now), Verdict::outdated);
  caller.generation = 2;
  EXPECT_EQ(verdict(caller, now), Verdict::rotate);
  caller.generation = 3;
  EXPECT_EQ(verdict(caller, now), Verdict::outdated);
}

TEST_F(Alive, is_no_token_with_a_role_the_user_does_not_have)
{
  caller.admin = true;
  EXPECT_EQ(verdict(caller, now), Verdict::outdated);
}

TEST_F(Alive, is_the_shell_and_nobody_else_who_is_nobody)
{
  EXPECT_EQ(check(shell_caller()), "alive");
  EXPECT_EQ(check({}), "token_revoked");
}

}  // namespace
}  // namespace usher::sessions
