#include "features/auth/service.hpp"

#include "features/auth/workbench_test.hpp"

#include <gmock/gmock.h>

#include <barrier>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace usher::auth {
namespace {

using namespace std::chrono_literals;
using sessions::EndReason;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using How = Refreshed::How;

struct StartSession : Workbench {};

TEST_F(StartSession, begins_at_the_first_counter_and_remembers_where_from)
{
  const Grant grant = log_in(ada);
  const sessions::Session session = stored(grant.session.id);
  EXPECT_EQ(session.counter, 1);
  EXPECT_EQ(session.generation, grant.user.generation);
  EXPECT_EQ(session.auth_time, start_time);
  EXPECT_EQ(session.idle_expires, start_time + options.tokens.refresh_ttl);
  EXPECT_EQ(session.expires, start_time + options.session_life_max);
  EXPECT_EQ(session.user_agent, "curl/8");
  EXPECT_EQ(session.address, "203.0.113.7");
  EXPECT_EQ(audited("login"), 1U);
}

TEST_F(StartSession, never_gives_the_same_session_twice)
{
  EXPECT_NE(log_in(ada).session.id, log_in(ada).session.id);
}

TEST_F(StartSession, is_idle_no_later_than_it_is_over)
{
  options.session_life_max = 1h;
  EXPECT_EQ(log_in(ada).session.idle_expires, start_time + 1h);
}

TEST_F(StartSession, refuses_when_the_account_changed_since_the_password_was_checked)
{
  const Proof proof{.user = ada, .hash = hash};
  const auto begin = [&](const Proof& with) {
    return write([&](db::Tx& tx) { return start_session(tx, with, origin, options, clock.now()); });
  };
  const auto code_of = [](const Result<Grant>& outcome) {
    return outcome ? std::string{"done"} : std::string{outcome.error().code()};
  };
  EXPECT_EQ(code_of(begin({.user = users::UserId{99}, .hash = hash})), "bad_credentials");
  EXPECT_EQ(code_of(begin({.user = ada, .hash = "$older$"})), "bad_credentials");
  EXPECT_EQ(code_of(begin({.user = ada, .hash = ""})), "bad_credentials");
  disable(ada);
  EXPECT_EQ(code_of(begin(proof)), "bad_credentials");
  EXPECT_EQ(audited("login"), 0U);
}

TEST_F(StartSession, never_lets_anybody_in_who_has_no_password)
{
  hash = "";
  const users::UserId invited = new_user("invited@example.org", users::Role::user);
  const auto outcome = write([&](db::Tx& tx) {
    return start_session(tx, {.user = invited, .hash = ""}, origin, options, clock.now());
  });
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code(), "bad_credentials");
}

TEST_F(StartSession, stores_a_better_hash_of_the_same_password)
{
  const Proof proof{.user = ada, .hash = hash, .better = "$better$"};
  const auto grant =
      write([&](db::Tx& tx) { return start_session(tx, proof, origin, options, clock.now()); });
  ASSERT_TRUE(grant);
  const auto stored_now = write([&](db::Tx& tx) { return users::find_credentials(tx, ada).value(); });
  EXPECT_EQ(stored_now.password_hash, "$better$");
  EXPECT_EQ(stored_now.user.generation, grant->user.generation);
}

TEST_F(StartSession, ends_the_oldest_when_there_are_too_many)
{
  const Uuid oldest = log_in(ada).session.id;
  for (int i = 0; i < sessions::live_sessions_max; ++i) {
    (void)log_in(ada);
  }
  const auto alive = write([&](db::Tx& tx) {
    return tx.one("SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL", {}, [](const db::Row& row) {
      return row.integer(0);
    });
  });
  EXPECT_EQ(alive, sessions::live_sessions_max);
  EXPECT_EQ(stored(oldest).end_reason, EndReason::too_many);
  EXPECT_EQ(audited("session_ended"), 1U);
}

struct Refresh : Workbench {
  Grant grant = log_in(ada);
  Uuid session = grant.session.id;

  std::string code_of(std::int64_t counter)
  {
    const auto outcome = refresh_with(session, counter);
    return outcome ? std::string{"done"} : std::string{outcome.error().code()};
  }
};

TEST_F(Refresh, rotates_and_pushes_the_idle_life_on)
{
  clock.advance(1h);
  const auto refreshed = refresh_with(session, 1);
  ASSERT_TRUE(refreshed);
  EXPECT_EQ(refreshed->how, How::rotated);
  EXPECT_EQ(refreshed->grant->session.counter, 2);
  EXPECT_EQ(stored(session).counter, 2);
  EXPECT_EQ(stored(session).refreshed, start_time + 1h);
  EXPECT_EQ(stored(session).idle_expires, start_time + 1h + options.tokens.refresh_ttl);
  EXPECT_EQ(stored(session).auth_time, start_time);
}

TEST_F(Refresh, repeats_the_same_successor_for_as_long_as_it_is_unused)
{
  ASSERT_TRUE(refresh_with(session, 1));
  const sessions::Session before = stored(session);
  clock.advance(24h);
  const auto repeated = refresh_with(session, 1);
  ASSERT_TRUE(repeated);
  EXPECT_EQ(repeated->how, How::repeated);
  EXPECT_EQ(repeated->grant->session.counter, 2);
  EXPECT_EQ(stored(session).idle_expires, before.idle_expires);
  EXPECT_EQ(refresh_claims(*repeated->grant).expires, before.idle_expires);
}

TEST_F(Refresh, takes_an_older_token_for_theft_and_ends_only_that_session)
{
  const Grant other = log_in(ada);
  ASSERT_TRUE(refresh_with(session, 1));
  ASSERT_TRUE(refresh_with(session, 2));
  const auto stolen = refresh_with(session, 1);
  ASSERT_TRUE(stolen);
  EXPECT_EQ(stolen->how, How::stolen);
  EXPECT_FALSE(stolen->grant);
  EXPECT_EQ(stored(session).end_reason, EndReason::refresh_reused);
  EXPECT_FALSE(stored(other.session.id).ended);
  EXPECT_EQ(audited("refresh_reused"), 1U);
  EXPECT_EQ(code_of(3), "session_ended");
}

TEST_F(Refresh, ends_at_once_in_strict_mode)
{
  options.reuse_window = 0s;
  ASSERT_TRUE(refresh_with(session, 1));
  EXPECT_EQ(refresh_with(session, 1)->how, How::stolen);
  EXPECT_EQ(code_of(2), "session_ended");
}

TEST_F(Refresh, forgives_only_within_its_window)
{
  options.reuse_window = 10s;
  ASSERT_TRUE(refresh_with(session, 1));
  clock.advance(10s);
  EXPECT_EQ(refresh_with(session, 1)->how, How::repeated);
  clock.advance(1s);
  EXPECT_EQ(refresh_with(session, 1)->how, How::stolen);
}

TEST_F(Refresh, refuses_a_token_from_the_future_and_lets_the_session_live)
{
  EXPECT_EQ(code_of(2), "token_unknown");
  EXPECT_EQ(code_of(0), "token_unknown");
  EXPECT_FALSE(stored(session).ended);
  EXPECT_EQ(code_of(1), "done");
}

TEST_F(Refresh, refuses_somebody_elses_session)
{
  const users::UserId bob = new_user("bob@example.org", users::Role::user);
  const Caller caller{.user = bob.value, .session = session, .counter = 1};
  const auto outcome = write([&](db::Tx& tx) { return refresh(tx, caller, origin, options, clock.now()); });
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code(), "session_ended");
}

TEST_F(Refresh, refuses_after_every_way_to_end_and_says_why)
{
  write([&](db::Tx& tx) { return sessions::end(tx, session, EndReason::logout, clock.now()); });
  const auto outcome = refresh_with(session, 1);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code(), "session_ended");
  EXPECT_EQ(outcome.error().detail, "This session was logged out.");
}

TEST_F(Refresh, tells_every_reason_in_words_of_its_own)
{
  std::set<std::string> told;
  for (int reason = 0; reason <= static_cast<int>(EndReason::expired); ++reason) {
    const Uuid over = log_in(ada).session.id;
    write([&](db::Tx& tx) { return sessions::end(tx, over, static_cast<EndReason>(reason), clock.now()); });
    const auto outcome = refresh_with(over, 1);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code(), "session_ended");
    EXPECT_NE(outcome.error().detail, session_ended.detail);
    told.insert(outcome.error().detail);
  }
  EXPECT_THAT(told, SizeIs(static_cast<int>(EndReason::expired) + 1));
  EXPECT_TRUE(told.contains("This session was ended by a service of this system's operator."));
}

TEST_F(Refresh, refuses_at_the_idle_end_without_any_sweeper)
{
  clock.advance(options.tokens.refresh_ttl);
  EXPECT_EQ(code_of(1), "session_ended");
}

TEST_F(Refresh, refuses_at_the_absolute_end_however_busy_it_was)
{
  std::int64_t counter = 1;
  while (clock.now() + 20 * 24h < start_time + options.session_life_max) {
    clock.advance(20 * 24h);
    ASSERT_EQ(code_of(counter), "done");
    ++counter;
  }
  clock.advance(20 * 24h);
  EXPECT_EQ(code_of(counter), "session_ended");
}

TEST_F(Refresh, refuses_a_disabled_user)
{
  disable(ada);
  EXPECT_EQ(code_of(1), "token_revoked");
}

TEST_F(Refresh, refuses_when_the_generation_went_on_unless_the_session_was_taken_along)
{
  const auto user = write([&](db::Tx& tx) { return users::set_password(tx, ada, "$new$", clock.now()); });
  EXPECT_EQ(code_of(1), "token_revoked");
  write([&](db::Tx& tx) { sessions::adopt_generation(tx, session, user->generation); });
  EXPECT_EQ(code_of(1), "done");
}

TEST_F(Refresh, refuses_a_deleted_user)
{
  write([&](db::Tx& tx) { return users::erase(tx, ada); });
  EXPECT_EQ(code_of(1), "session_ended");
}

/// The clock of the machine is set by an hour, and the next day it is right again.
TEST_F(Refresh, revives_nothing_and_ends_nothing_when_the_clock_is_set)
{
  const Uuid out = log_in(ada).session.id;
  write([&](db::Tx& tx) { return sessions::end(tx, out, EndReason::logout, clock.now()); });
  std::int64_t counter = 1;
  for (const std::chrono::seconds set :
       {std::chrono::seconds{-3600}, 3600s, 3600s, std::chrono::seconds{-3600}}) {
    clock.advance(set);
    EXPECT_FALSE(refresh_with(out, 1)) << set.count();
    EXPECT_EQ(code_of(counter), "done") << set.count();
    EXPECT_EQ(refresh_with(session, counter)->how, How::repeated) << set.count();
    ++counter;
  }
  EXPECT_EQ(refresh_with(session, 1)->how, How::stolen);
  clock.advance(std::chrono::seconds{-3600});
  EXPECT_EQ(code_of(counter), "session_ended");
}

TEST_F(Refresh, forgives_what_was_refreshed_in_the_future_of_a_clock_set_back)
{
  options.reuse_window = 10s;
  ASSERT_TRUE(refresh_with(session, 1));
  clock.advance(std::chrono::seconds{-3600});
  EXPECT_EQ(refresh_with(session, 1)->how, How::repeated);
  clock.advance(7200s);
  EXPECT_EQ(refresh_with(session, 1)->how, How::stolen);
}

/// The database is as it was before: what was issued since is strange to it, the session lives on.
TEST_F(Refresh, does_not_take_a_token_from_before_a_restore_for_theft)
{
  ASSERT_TRUE(refresh_with(session, 1));
  ASSERT_TRUE(refresh_with(session, 2));
  write([&](db::Tx& tx) { tx.execute("UPDATE sessions SET counter = 1 WHERE id = $1", {to_string(session)}); }
  );
  EXPECT_EQ(code_of(3), "token_unknown");
  EXPECT_EQ(code_of(2), "token_unknown");
  EXPECT_FALSE(stored(session).ended);
  EXPECT_EQ(code_of(1), "done");
}

TEST_F(Refresh, is_decided_by_a_look_when_nothing_has_to_be_written)
{
  const auto peek = [&](std::int64_t counter) {
    const Caller caller{.user = ada.value, .session = session, .counter = counter};
    return write([&](db::Tx& tx) { return peek_refresh(tx, caller, options, clock.now()); });
  };
  EXPECT_FALSE(peek(1).value());
  EXPECT_EQ(peek(2).error().code(), "token_unknown");
  ASSERT_TRUE(refresh_with(session, 1));
  EXPECT_EQ(peek(1).value()->how, How::repeated);
  ASSERT_TRUE(refresh_with(session, 2));
  EXPECT_FALSE(peek(1).value());  // theft: to be written
  write([&](db::Tx& tx) { return sessions::end(tx, session, EndReason::logout, clock.now()); });
  EXPECT_EQ(peek(1).error().code(), "session_ended");
}

TEST_F(Refresh, gives_one_child_however_many_come_at_once)
{
  constexpr std::size_t threads = 50;
  constexpr std::int64_t rounds = 20;
  std::vector<std::vector<std::int64_t>> children(threads);
  std::barrier start{static_cast<std::ptrdiff_t>(threads)};
  const auto come = [&](std::size_t who) {
    for (std::int64_t round = 1; round <= rounds; ++round) {
      start.arrive_and_wait();
      const auto refreshed = refresh_with(session, round);
      children[who].push_back(refreshed && refreshed->grant ? refreshed->grant->session.counter : -1);
    }
  };
  std::vector<std::thread> crowd;
  for (std::size_t who = 0; who < threads; ++who) {
    crowd.emplace_back(come, who);
  }
  for (std::thread& one : crowd) {
    one.join();
  }
  for (const auto& each : children) {
    ASSERT_THAT(each, SizeIs(rounds));
    for (std::int64_t round = 1; round <= rounds; ++round) {
      EXPECT_EQ(each[static_cast<std::size_t>(round - 1)], round + 1);
    }
  }
  EXPECT_EQ(stored(session).counter, rounds + 1);
}

TEST_F(Refresh, and_logout_exclude_each_other)
{
  for (int round = 0; round < 50; ++round) {
    const Uuid raced = log_in(ada).session.id;
    const Caller caller{.user = ada.value, .session = raced};
    std::thread logout{[&] {
      EXPECT_TRUE(write([&](db::Tx& tx) { return log_out(tx, caller, origin, clock.now()); }));
    }};
    (void)refresh_with(raced, 1);
    logout.join();
    EXPECT_FALSE(refresh_with(raced, 1));
    EXPECT_FALSE(refresh_with(raced, 2));
    EXPECT_EQ(stored(raced).end_reason, EndReason::logout);
  }
}

struct AuthenticateAgain : Workbench {
  Grant grant = log_in(ada);
  Caller caller{.user = ada.value, .session = grant.session.id};

  Result<Grant> again(const Proof& proof)
  {
    return write([&](db::Tx& tx) { return authenticate_again(tx, caller, proof, origin, clock.now()); });
  }
};

TEST_F(AuthenticateAgain, stores_when_the_password_was_shown)
{
  clock.advance(1h);
  const auto outcome = again({.user = ada, .hash = hash});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->session.auth_time, start_time + 1h);
  EXPECT_EQ(stored(grant.session.id).auth_time, start_time + 1h);
  EXPECT_EQ(stored(grant.session.id).counter, 1);
  EXPECT_EQ(audited("authenticated_again"), 1U);
}

TEST_F(AuthenticateAgain, refuses_what_changed_meanwhile)
{
  EXPECT_EQ(again({.user = ada, .hash = "$older$"}).error().code(), "bad_credentials");
  write([&](db::Tx& tx) { return sessions::end(tx, grant.session.id, EndReason::logout, clock.now()); });
  EXPECT_EQ(again({.user = ada, .hash = hash}).error().code(), "session_ended");
  caller.session = crypto::make_uuid7();
  EXPECT_EQ(again({.user = ada, .hash = hash}).error().code(), "session_ended");
}

struct EndSessions : Workbench {
  Grant grant = log_in(ada);
  Caller caller{.user = ada.value, .session = grant.session.id, .generation = grant.user.generation};
};

TEST_F(EndSessions, logs_out_once)
{
  const auto leave = [&] {
    return write([&](db::Tx& tx) { return log_out(tx, caller, origin, clock.now()); });
  };
  EXPECT_TRUE(leave());
  EXPECT_EQ(leave().error().code(), "session_ended");
  EXPECT_EQ(audited("logout"), 1U);
}

TEST_F(EndSessions, ends_one_of_ones_own_and_none_of_others)
{
  const users::UserId bob = new_user("bob@example.org", users::Role::user);
  const Uuid mine = log_in(ada).session.id;
  const Uuid foreign = log_in(bob).session.id;
  const auto end_it = [&](const Uuid& id) {
    return write([&](db::Tx& tx) { return end_session(tx, caller, id, origin, clock.now()); });
  };
  EXPECT_TRUE(end_it(mine));
  EXPECT_TRUE(end_it(mine));
  EXPECT_EQ(stored(mine).end_reason, EndReason::ended_by_user);
  EXPECT_EQ(end_it(foreign).error().code(), "session_not_found");
  EXPECT_EQ(end_it(crypto::make_uuid7()).error().code(), "session_not_found");
  EXPECT_FALSE(stored(foreign).ended);
  EXPECT_EQ(audited("session_ended"), 1U);
}

TEST_F(EndSessions, ends_the_others_or_all)
{
  const Uuid other = log_in(ada).session.id;
  const auto end_them = [&](Which which) {
    return write([&](db::Tx& tx) { return end_sessions(tx, caller, which, origin, clock.now()); }).value();
  };
  EXPECT_EQ(end_them(Which::others), 1);
  EXPECT_TRUE(stored(other).ended);
  EXPECT_FALSE(stored(grant.session.id).ended);
  EXPECT_EQ(end_them(Which::all), 1);
  EXPECT_EQ(stored(other).end_reason, EndReason::ended_by_user);
  EXPECT_EQ(stored(grant.session.id).end_reason, EndReason::logout);
  EXPECT_EQ(audited("sessions_ended"), 2U);
}

TEST_F(EndSessions, ends_those_of_another_for_an_administrator)
{
  const users::UserId root = new_user("root@example.org", users::Role::admin);
  const Grant admin = log_in(root);
  const Caller by{
      .user = root.value, .session = admin.session.id, .generation = admin.user.generation, .admin = true
  };
  const auto end_of = [&](users::UserId user) {
    return write([&](db::Tx& tx) { return end_sessions_of(tx, by, user, origin, clock.now()); });
  };
  EXPECT_EQ(end_of(ada).value(), 1);
  EXPECT_EQ(stored(grant.session.id).end_reason, EndReason::ended_by_admin);
  EXPECT_EQ(end_of(users::UserId{99}).error().code(), "user_not_found");
  EXPECT_EQ(audited("sessions_ended"), 1U);
}

struct Administration : Workbench {
  Grant grant = log_in(ada);
  users::UserId root = new_user("root@example.org", users::Role::admin);
  Grant admin = log_in(root);
  Caller by{
      .user = root.value, .session = admin.session.id, .generation = admin.user.generation, .admin = true
  };

  std::string end_one(users::UserId user, const Uuid& session)
  {
    const auto outcome = write([&](db::Tx& tx) {
      return end_session_of(tx, by, {.user = user, .session = session}, origin, clock.now());
    });
    return outcome ? "done" : std::string{outcome.error().code()};
  }
};

TEST_F(Administration, ends_one_session_of_somebody)
{
  const Uuid kept = log_in(ada).session.id;
  EXPECT_EQ(end_one(ada, grant.session.id), "done");
  EXPECT_EQ(end_one(ada, grant.session.id), "done");
  EXPECT_EQ(stored(grant.session.id).end_reason, EndReason::ended_by_admin);
  EXPECT_FALSE(stored(kept).ended);
  EXPECT_EQ(audited("session_ended"), 1U);
  const auto entry = write([&](db::Tx& tx) { return audit::recent(tx, ada.value, {.limit = 1}); }).at(0);
  EXPECT_EQ(entry.actor, root.value);
  EXPECT_EQ(entry.session, grant.session.id);
}

TEST_F(Administration, finds_a_session_only_under_its_own_user)
{
  EXPECT_EQ(end_one(root, grant.session.id), "session_not_found");
  EXPECT_EQ(end_one(ada, crypto::make_uuid7()), "session_not_found");
  EXPECT_EQ(end_one(users::UserId{99}, grant.session.id), "user_not_found");
  EXPECT_FALSE(stored(grant.session.id).ended);
}

TEST_F(Administration, is_over_with_the_session_it_is_done_from)
{
  EXPECT_EQ(end_one(root, admin.session.id), "done");
  EXPECT_EQ(end_one(ada, grant.session.id), "token_revoked");
}

TEST_F(Administration, lists_the_sessions_of_somebody)
{
  const auto listed = write([&](db::Tx& tx) -> Result<std::vector<sessions::Session>> {
    return list_sessions_of(tx, ada, clock.now());
  });
  ASSERT_TRUE(listed);
  ASSERT_THAT(*listed, SizeIs(1));
  EXPECT_EQ(listed->front().id, grant.session.id);
  const auto nobody = write([&](db::Tx& tx) { return list_sessions_of(tx, users::UserId{99}, clock.now()); });
  EXPECT_EQ(nobody.error().code(), "user_not_found");
}

TEST_F(EndSessions, lists_the_living_before_the_dead_however_many_those_are)
{
  for (int i = 0; i < sessions::over_shown_max + 5; ++i) {
    const Uuid out = log_in(ada).session.id;
    write([&](db::Tx& tx) { return sessions::end(tx, out, EndReason::logout, clock.now()); });
  }
  const auto listed = write([&](db::Tx& tx) { return list_sessions(tx, ada, clock.now()); });
  ASSERT_THAT(listed, SizeIs(1 + sessions::over_shown_max));
  EXPECT_EQ(listed.front().id, grant.session.id);
  EXPECT_FALSE(listed.front().ended);
  EXPECT_GT(listed[1].id, listed[2].id);
}

TEST_F(EndSessions, lists_why_a_session_is_over)
{
  const Uuid out = log_in(ada).session.id;
  write([&](db::Tx& tx) { return sessions::end(tx, out, EndReason::logout, clock.now()); });
  clock.advance(options.tokens.refresh_ttl);
  const auto listed = write([&](db::Tx& tx) { return list_sessions(tx, ada, clock.now()); });
  ASSERT_THAT(listed, SizeIs(1));  // the one that was logged out is 30 days gone
  EXPECT_EQ(listed[0].end_reason, EndReason::expired);
  EXPECT_EQ(listed[0].ended, start_time + options.tokens.refresh_ttl);
  clock.advance(ended_shown);
  EXPECT_THAT(write([&](db::Tx& tx) { return list_sessions(tx, ada, clock.now()); }), IsEmpty());
}

struct ClaimsOf : Workbench {};

TEST_F(ClaimsOf, an_access_token_say_who_and_how_fresh)
{
  const Grant grant = log_in(ada);
  const auto fresh = access_claims(grant, Freshness::fresh, options.tokens, clock.now());
  EXPECT_EQ(fresh.subject, ada.value);
  EXPECT_EQ(fresh.session, grant.session.id);
  EXPECT_TRUE(fresh.fresh(start_time));
  EXPECT_EQ(fresh.expires, start_time + options.tokens.access_ttl);
  const auto stale = access_claims(grant, Freshness::not_fresh, options.tokens, clock.now());
  EXPECT_FALSE(stale.fresh(start_time));
  EXPECT_EQ(stale.auth_time, start_time);
}

TEST_F(ClaimsOf, an_access_token_never_outlive_its_session)
{
  options.session_life_max = 60s;
  const Grant grant = log_in(ada);
  const auto claims = access_claims(grant, Freshness::fresh, options.tokens, clock.now());
  EXPECT_EQ(claims.expires, start_time + 60s);
}

TEST_F(ClaimsOf, a_fresh_token_fade_when_that_is_configured)
{
  options.tokens.fresh_for = 5min;
  const Grant grant = log_in(ada);
  const auto claims = access_claims(grant, Freshness::fresh, options.tokens, clock.now());
  EXPECT_TRUE(claims.fresh(start_time + 299s));
  EXPECT_FALSE(claims.fresh(start_time + 300s));
}

}  // namespace
}  // namespace usher::auth
