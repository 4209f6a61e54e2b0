#include "features/sessions/store.hpp"

#include "base/result.hpp"
#include "crypto/random.hpp"
#include "db/sqlite/sqlite_database.hpp"
#include "features/sessions/rules.hpp"
#include "features/users/store.hpp"
#include "testing/database.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <string>

namespace usher::sessions {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using testing::in;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct SessionStore : ::testing::Test {
  testing::TestDatabase database{users::migrations(), sessions::migrations()};
  Instant now{1'700'000'000s};
  users::UserId ada = new_user("ada@example.org");
  users::UserId bob = new_user("bob@example.org");

  users::UserId new_user(const std::string& email)
  {
    return in(*database, [&](db::Tx& tx) {
      return users::insert(tx, {.profile = {.name = "Somebody", .email = email, .age = 36}}, now).value().id;
    });
  }

  Session insert_session(users::UserId user)
  {
    Session session{
        .id = crypto::make_uuid7(),
        .user = user,
        .generation = 1,
        .created = now,
        .refreshed = now,
        .idle_expires = now + 1h,
        .expires = now + 24h,
        .auth_time = now,
        .user_agent = "curl/8",
        .address = "203.0.113.7",
    };
    in(*database, [&](db::Tx& tx) { insert(tx, session); });
    return session;
  }

  Session stored(const Uuid& id)
  {
    return in(*database, [&](db::Tx& tx) { return find(tx, id).value(); });
  }

  std::vector<Revocation> revocations()
  {
    return in(*database, [](db::Tx& tx) { return revocations_since(tx, 0); });
  }
};

TEST_F(SessionStore, keeps_every_column)
{
  const Session session = insert_session(ada);
  const Session found = stored(session.id);
  EXPECT_EQ(found.user, ada);
  EXPECT_EQ(found.generation, 1);
  EXPECT_EQ(found.counter, 1);
  EXPECT_EQ(found.created, now);
  EXPECT_EQ(found.refreshed, now);
  EXPECT_EQ(found.idle_expires, now + 1h);
  EXPECT_EQ(found.expires, now + 24h);
  EXPECT_EQ(found.auth_time, now);
  EXPECT_EQ(found.amr, "pwd");
  EXPECT_EQ(found.user_agent, "curl/8");
  EXPECT_EQ(found.address, "203.0.113.7");
  EXPECT_FALSE(found.ended);
  EXPECT_FALSE(found.end_reason);
}

TEST_F(SessionStore, finds_nothing_where_there_is_nothing)
{
  EXPECT_FALSE(in(*database, [](db::Tx& tx) { return find(tx, crypto::make_uuid7()); }));
}

TEST_F(SessionStore, rotates_only_from_the_counter_it_was_told)
{
  const Session session = insert_session(ada);
  const Rotation rotation{.id = session.id, .from = 1, .now = now + 5s, .idle_expires = now + 2h};
  EXPECT_TRUE(in(*database, [&](db::Tx& tx) { return rotate(tx, rotation); }));
  EXPECT_FALSE(in(*database, [&](db::Tx& tx) { return rotate(tx, rotation); }));
  const Session found = stored(session.id);
  EXPECT_EQ(found.counter, 2);
  EXPECT_EQ(found.refreshed, now + 5s);
  EXPECT_EQ(found.idle_expires, now + 2h);
}

TEST_F(SessionStore, does_not_rotate_what_has_ended)
{
  const Session session = insert_session(ada);
  in(*database, [&](db::Tx& tx) { return end(tx, session.id, EndReason::logout, now); });
  const Rotation rotation{.id = session.id, .from = 1, .now = now, .idle_expires = now + 2h};
  EXPECT_FALSE(in(*database, [&](db::Tx& tx) { return rotate(tx, rotation); }));
  EXPECT_FALSE(in(*database, [&](db::Tx& tx) { return authenticated_again(tx, session.id, now + 1s); }));
}

TEST_F(SessionStore, ends_once_and_keeps_the_first_reason)
{
  const Session session = insert_session(ada);
  EXPECT_TRUE(in(*database, [&](db::Tx& tx) { return end(tx, session.id, EndReason::refresh_reused, now); }));
  EXPECT_FALSE(in(*database, [&](db::Tx& tx) { return end(tx, session.id, EndReason::logout, now + 1s); }));
  EXPECT_EQ(stored(session.id).ended, now);
  EXPECT_EQ(stored(session.id).end_reason, EndReason::refresh_reused);
  ASSERT_THAT(revocations(), SizeIs(1));
  EXPECT_EQ(revocations()[0].session, session.id);
  EXPECT_EQ(revocations()[0].user, ada);
}

TEST_F(SessionStore, ends_all_but_one_of_one_user)
{
  const Session first = insert_session(ada);
  const Session second = insert_session(ada);
  const Session kept = insert_session(ada);
  const Session other = insert_session(bob);
  const auto ended =
      in(*database, [&](db::Tx& tx) { return end_all(tx, ada, EndReason::password_changed, kept.id, now); });
  EXPECT_EQ(ended, 2);
  EXPECT_EQ(stored(first.id).end_reason, EndReason::password_changed);
  EXPECT_EQ(stored(second.id).end_reason, EndReason::password_changed);
  EXPECT_FALSE(stored(kept.id).ended);
  EXPECT_FALSE(stored(other.id).ended);
  EXPECT_THAT(revocations(), SizeIs(2));
}

TEST_F(SessionStore, ends_all_without_exception)
{
  insert_session(ada);
  insert_session(ada);
  const auto end_them = [&](db::Tx& tx) { return end_all(tx, ada, EndReason::disabled, std::nullopt, now); };
  EXPECT_EQ(in(*database, end_them), 2);
  EXPECT_EQ(in(*database, end_them), 0);
}

TEST_F(SessionStore, leaves_nothing_behind_that_a_clock_set_back_could_revive)
{
  const Session idle = insert_session(ada);
  const Session over = insert_session(ada);
  const Rotation refresh{.id = idle.id, .from = 1, .now = now, .idle_expires = now + 2h};
  in(*database, [&](db::Tx& tx) { return rotate(tx, refresh); });
  const auto end_them = [&](db::Tx& tx) {
    return end_all(tx, ada, EndReason::ended_by_user, std::nullopt, now + 24h);
  };
  EXPECT_EQ(in(*database, end_them), 2);
  EXPECT_EQ(stored(idle.id).end_reason, EndReason::expired);
  EXPECT_EQ(stored(idle.id).ended, now + 2h);
  EXPECT_EQ(stored(over.id).ended, now + 1h);
  EXPECT_THAT(revocations(), SizeIs(2));
}

TEST_F(SessionStore, ends_what_room_is_made_of_the_oldest_first)
{
  std::vector<Session> all;
  for (int i = 0; i < live_sessions_max + 1; ++i) {
    all.push_back(insert_session(ada));
  }
  const Session other = insert_session(bob);
  const auto ended = in(*database, [&](db::Tx& tx) { return make_room(tx, ada, now); });
  EXPECT_THAT(ended, SizeIs(2));
  EXPECT_EQ(ended.at(0).reason, EndReason::too_many);
  EXPECT_EQ(stored(all[0].id).end_reason, EndReason::too_many);
  EXPECT_EQ(stored(all[1].id).end_reason, EndReason::too_many);
  EXPECT_FALSE(stored(all[2].id).ended);
  EXPECT_FALSE(stored(other.id).ended);
  EXPECT_THAT(revocations(), SizeIs(2));
}

TEST_F(SessionStore, ends_what_ran_out_before_what_is_alive_when_room_is_made)
{
  const Session oldest = insert_session(ada);
  std::vector<Session> newer;
  for (int i = 0; i < live_sessions_max - 1; ++i) {
    newer.push_back(insert_session(ada));
  }
  const Rotation refresh{.id = oldest.id, .from = 1, .now = now, .idle_expires = now + 3h};
  in(*database, [&](db::Tx& tx) { return rotate(tx, refresh); });
  in(*database, [&](db::Tx& tx) { return make_room(tx, ada, now + 2h); });
  EXPECT_FALSE(stored(oldest.id).ended);
  EXPECT_EQ(stored(newer.front().id).end_reason, EndReason::expired);
  EXPECT_EQ(stored(newer.front().id).ended, now + 1h);
  EXPECT_FALSE(stored(newer.back().id).ended);
}

TEST_F(SessionStore, ends_nothing_where_there_is_room)
{
  const Session session = insert_session(ada);
  in(*database, [&](db::Tx& tx) { return make_room(tx, ada, now); });
  EXPECT_FALSE(stored(session.id).ended);
  EXPECT_THAT(revocations(), IsEmpty());
}

TEST_F(SessionStore, takes_back_an_end_that_did_not_commit)
{
  const Session session = insert_session(ada);
  const auto outcome = in(*database, [&](db::Tx& tx) -> Result<Done> {
    end(tx, session.id, EndReason::logout, now);
    return refuse(server_busy);
  });
  EXPECT_FALSE(outcome);
  EXPECT_FALSE(stored(session.id).ended);
  EXPECT_THAT(revocations(), IsEmpty());
}

TEST_F(SessionStore, tells_listeners_of_every_end)
{
  std::atomic<int> heard{0};
  database->listen("revocations", [&](db::Tx&) { ++heard; });
  const Session session = insert_session(ada);
  const int before = heard;
  in(*database, [&](db::Tx& tx) { return end(tx, session.id, EndReason::logout, now); });
  EXPECT_GT(heard, before);
  const int after_end = heard;
  in(*database, [&](db::Tx& tx) { revoke_user(tx, ada, 2, now); });
  EXPECT_GT(heard, after_end);
}

TEST_F(SessionStore, revokes_a_generation_of_a_user)
{
  in(*database, [&](db::Tx& tx) { revoke_user(tx, ada, 4, now); });
  ASSERT_THAT(revocations(), SizeIs(1));
  EXPECT_FALSE(revocations()[0].session);
  EXPECT_EQ(revocations()[0].generation, 4);
  const auto last = in(*database, [](db::Tx& tx) { return last_revocation(tx); });
  EXPECT_EQ(last, revocations()[0].seq);
  EXPECT_THAT(in(*database, [&](db::Tx& tx) { return revocations_since(tx, last); }), IsEmpty());
}

TEST_F(SessionStore, adopts_a_generation_for_one_session)
{
  const Session session = insert_session(ada);
  const Session other = insert_session(ada);
  in(*database, [&](db::Tx& tx) { adopt_generation(tx, session.id, 2); });
  EXPECT_EQ(stored(session.id).generation, 2);
  EXPECT_EQ(stored(other.id).generation, 1);
}

TEST_F(SessionStore, goes_with_its_user)
{
  const Session session = insert_session(ada);
  in(*database, [&](db::Tx& tx) { return users::erase(tx, ada); });
  EXPECT_FALSE(in(*database, [&](db::Tx& tx) { return find(tx, session.id); }));
}

std::vector<Uuid> ids_of(const std::vector<Session>& listed)
{
  std::vector<Uuid> ids;
  for (const Session& session : listed) {
    ids.push_back(session.id);
  }
  return ids;
}

TEST_F(SessionStore, tells_those_alive_from_those_that_are_over)
{
  const Session first = insert_session(ada);
  const Session second = insert_session(ada);
  const Session refreshed = insert_session(ada);
  const Session old = insert_session(ada);
  insert_session(bob);
  in(*database, [&](db::Tx& tx) { return end(tx, first.id, EndReason::logout, now + 30s); });
  in(*database, [&](db::Tx& tx) { return end(tx, old.id, EndReason::logout, now + 10s); });
  const Rotation refresh{.id = refreshed.id, .from = 1, .now = now, .idle_expires = now + 3h};
  in(*database, [&](db::Tx& tx) { return rotate(tx, refresh); });
  const auto alive = [&](Instant at) {
    return ids_of(in(*database, [&](db::Tx& tx) { return alive_of(tx, ada, at); }));
  };
  const auto over = [&](const Period& period) {
    return ids_of(in(*database, [&](db::Tx& tx) { return over_of(tx, ada, period); }));
  };
  EXPECT_THAT(alive(now + 59min), ElementsAre(refreshed.id, second.id));
  EXPECT_THAT(over({.since = now + 20s, .now = now + 59min}), ElementsAre(first.id));
  EXPECT_THAT(alive(now + 1h), ElementsAre(refreshed.id));
  EXPECT_THAT(over({.since = now, .now = now + 1h}), ElementsAre(old.id, second.id, first.id));
  EXPECT_THAT(alive(now + 3h), IsEmpty());
}

TEST_F(SessionStore, shows_the_living_however_many_are_dead)
{
  const Session alive = insert_session(ada);
  std::vector<Session> dead;
  for (int i = 0; i < over_shown_max + 1; ++i) {
    dead.push_back(insert_session(ada));
  }
  in(*database, [&](db::Tx& tx) { return end_all(tx, ada, EndReason::ended_by_user, alive.id, now + 1s); });
  EXPECT_THAT(
      ids_of(in(*database, [&](db::Tx& tx) { return alive_of(tx, ada, now + 2s); })), ElementsAre(alive.id)
  );
  const auto over =
      in(*database, [&](db::Tx& tx) { return over_of(tx, ada, {.since = now, .now = now + 2s}); });
  ASSERT_THAT(over, SizeIs(over_shown_max));
  EXPECT_EQ(over.front().id, dead.back().id);
}

TEST_F(SessionStore, is_swept_of_what_is_long_over)
{
  const Session alive = insert_session(ada);
  const Session ended = insert_session(ada);
  in(*database, [&](db::Tx& tx) { return end(tx, ended.id, EndReason::logout, now); });
  const auto sweep = [&](Instant dead_before) {
    Uuid cursor{};
    do {
      cursor = in(*database, [&](db::Tx& tx) { return purge_sessions(tx, cursor, dead_before); });
    } while (cursor);
  };
  sweep(now);
  EXPECT_EQ(stored(ended.id).end_reason, EndReason::logout);
  sweep(now + 1s);
  EXPECT_FALSE(in(*database, [&](db::Tx& tx) { return find(tx, ended.id); }));
  EXPECT_FALSE(stored(alive.id).ended);
  sweep(now + 1h + 1s);
  EXPECT_FALSE(in(*database, [&](db::Tx& tx) { return find(tx, alive.id); }));
}

TEST_F(SessionStore, forgets_old_revocations)
{
  in(*database, [&](db::Tx& tx) { revoke_user(tx, ada, 2, now); });
  in(*database, [&](db::Tx& tx) { revoke_user(tx, bob, 2, now + 10s); });
  EXPECT_EQ(in(*database, [&](db::Tx& tx) { return purge_revocations(tx, now + 5s); }), 1);
  ASSERT_THAT(revocations(), SizeIs(1));
  EXPECT_EQ(revocations()[0].user, bob);
}

TEST_F(SessionStore, counts_on_after_every_revocation_is_too_old)
{
  in(*database, [&](db::Tx& tx) { revoke_user(tx, ada, 2, now); });
  in(*database, [&](db::Tx& tx) { revoke_user(tx, bob, 2, now); });
  const auto last = [&] { return in(*database, [](db::Tx& tx) { return last_revocation(tx); }); };
  const std::int64_t before = last();
  const auto purge = [&](db::Tx& tx) { return purge_revocations(tx, now + 24h); };
  EXPECT_EQ(in(*database, purge), 1);
  EXPECT_EQ(in(*database, purge), 0);
  EXPECT_EQ(last(), before);
  in(*database, [&](db::Tx& tx) { revoke_user(tx, ada, 3, now + 25h); });
  EXPECT_EQ(last(), before + 1);
  EXPECT_EQ(in(*database, purge), 1);
}

TEST(RevocationNumbers, go_on_after_everything_was_purged_and_the_process_began_anew)
{
  const testing::TempFolder folder;
  const Instant now{1'700'000'000s};
  const auto open = [&] { return db::open_sqlite({.path = (folder.path() / "usher.db").string()}); };
  {
    const auto database = open();
    database->migrate(sessions::migrations());
    in(*database, [&](db::Tx& tx) { revoke_user(tx, users::UserId{1}, 2, now); });
    in(*database, [&](db::Tx& tx) { revoke_user(tx, users::UserId{1}, 3, now); });
    in(*database, [&](db::Tx& tx) { return purge_revocations(tx, now + 24h); });
  }
  const auto database = open();
  EXPECT_EQ(in(*database, [](db::Tx& tx) { return last_revocation(tx); }), 2);
  in(*database, [&](db::Tx& tx) { revoke_user(tx, users::UserId{1}, 4, now + 24h); });
  EXPECT_EQ(in(*database, [](db::Tx& tx) { return last_revocation(tx); }), 3);
}

TEST_F(SessionStore, never_gives_a_number_twice_even_if_no_line_is_left)
{
  in(*database, [&](db::Tx& tx) { revoke_user(tx, ada, 2, now); });
  in(*database, [&](db::Tx& tx) { tx.execute("DELETE FROM revocations"); });
  in(*database, [&](db::Tx& tx) { revoke_user(tx, ada, 3, now); });
  ASSERT_THAT(revocations(), SizeIs(1));
  EXPECT_EQ(revocations()[0].seq, 2);
}

}  // namespace
}  // namespace usher::sessions
