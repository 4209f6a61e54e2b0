#include "features/auth/service.hpp"

#include "audit/audit.hpp"
#include "base/fault.hpp"
#include "crypto/digest.hpp"
#include "crypto/random.hpp"
#include "features/sessions/alive.hpp"
#include "features/sessions/rules.hpp"
#include "features/sessions/store.hpp"
#include "features/users/store.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace usher::auth {
namespace {

using sessions::EndReason;
using sessions::Session;
using sessions::Verdict;

constexpr std::size_t amends_max = 3;  // lost races before a refresh gives up

std::string_view told(EndReason reason)
{
  switch (reason) {
    case EndReason::logout: return "This session was logged out.";
    case EndReason::ended_by_user: return "This session was ended from another session of yours.";
    case EndReason::ended_by_admin: return "This session was ended by an administrator.";
    case EndReason::revoked: return "This session was ended by a service of this system's operator.";
    case EndReason::refresh_reused:
      return "This session was ended because an old refresh token of it was used again.";
    case EndReason::password_changed: return "This session ended when the password was changed.";
    case EndReason::role_changed: return "This session ended when the account's role was changed.";
    case EndReason::disabled: return "This session ended when the account was disabled.";
    case EndReason::too_many: return "This session was ended because the account had too many of them.";
    case EndReason::expired: return "This session has run out; log in again.";
  }
  return session_ended.detail;
}

Error refuse_ended(EndReason reason)
{
  return refuse(session_ended, std::string{told(reason)});
}

/// The refusal that goes with a verdict against the session.
Error refusal_for(Verdict verdict, const Session& session)
{
  switch (verdict) {
    case Verdict::ended:
      return session.end_reason ? refuse_ended(*session.end_reason) : refuse(session_ended);
    case Verdict::run_out: return refuse_ended(EndReason::expired);
    case Verdict::unknown: return refuse(token_unknown);
    case Verdict::theft: return refuse(refresh_reused);
    case Verdict::rotate:
    case Verdict::repeat:
    case Verdict::outdated: break;
  }
  return refuse(token_revoked);
}

/// The user, if he may still act. Refuses with token_revoked.
Result<users::User> find_enabled(db::Tx& tx, users::UserId id)
{
  Result<users::User> user = users::find(tx, id);
  if (!user || user->disabled) {
    return refuse(token_revoked);
  }
  return user;
}

struct Judged {
  Grant grant;
  Verdict verdict;
};

/// Session, user and verdict of one refresh. Refuses when there is nobody left to judge.
Result<Judged> judge(db::Tx& tx, const Caller& caller, const Options& options, Instant now)
{
  std::optional<Session> session = sessions::find(tx, caller.session);
  if (!session || session->user.value != caller.user) {
    return refuse(session_ended);
  }
  if (session->ended) {
    return refusal_for(Verdict::ended, *session);
  }
  USHER_TRY(users::User user, find_enabled(tx, session->user));
  const Verdict verdict = sessions::judge_refresh(
      *session,
      {.counter = caller.counter, .user_generation = user.generation, .now = now},
      options.reuse_window
  );
  return Judged{.grant = {.session = *std::move(session), .user = std::move(user)}, .verdict = verdict};
}

/// False when somebody was faster.
bool rotate(db::Tx& tx, Session& session, const Options& options, Instant now)
{
  const Instant idle = sessions::idle_end(now, options.tokens.refresh_ttl, session.expires);
  if (!sessions::rotate(tx, {.id = session.id, .from = session.counter, .now = now, .idle_expires = idle})) {
    return false;
  }
  ++session.counter;
  session.refreshed = now;
  session.idle_expires = idle;
  return true;
}

audit::Event session_event(std::string_view what, const Session& session)
{
  return {.what = what, .actor = session.user.value, .subject = session.user.value, .session = session.id};
}

Result<Refreshed> end_as_stolen(db::Tx& tx, const Session& session, const Origin& origin, Instant now)
{
  sessions::end(tx, session.id, EndReason::refresh_reused, now);
  audit::record(tx, session_event("refresh_reused", session), origin, now);
  return Refreshed{.how = Refreshed::How::stolen};
}

/// Before the next login.
void make_room(db::Tx& tx, const users::User& user, const Origin& origin, Instant now)
{
  for (const sessions::Ended& ended : sessions::make_room(tx, user.id, now)) {
    const std::string detail = "reason=" + std::string{sessions::name_of(ended.reason)};
    audit::record(
        tx,
        {.what = "session_ended",
         .actor = user.id.value,
         .subject = user.id.value,
         .session = ended.session,
         .detail = detail},
        origin,
        now
    );
  }
}

/// The user whose password was shown, if nothing has changed since. Refuses with bad_credentials.
Result<users::User> still_proven(db::Tx& tx, const Proof& proof)
{
  std::optional<users::Credentials> now_stored = users::find_credentials(tx, proof.user);
  if (!now_stored || now_stored->user.disabled || proof.hash.empty() ||
      !crypto::equal(now_stored->password_hash, proof.hash)) {
    return refuse(bad_credentials);
  }
  if (proof.better) {
    users::replace_hash(tx, proof.user, proof.hash, *proof.better);
  }
  return std::move(now_stored->user);
}

}  // namespace

Result<Grant> start_session(
    db::Tx& tx, const Proof& proof, const Origin& origin, const Options& options, Instant now
)
{
  USHER_TRY(users::User user, still_proven(tx, proof));
  make_room(tx, user, origin, now);
  const Instant end = now + options.session_life_max;
  Session session{
      .id = crypto::make_uuid7(),
      .user = user.id,
      .generation = user.generation,
      .created = now,
      .refreshed = now,
      .idle_expires = sessions::idle_end(now, options.tokens.refresh_ttl, end),
      .expires = end,
      .auth_time = now,
      .user_agent = origin.user_agent,
      .address = origin.address,
  };
  sessions::insert(tx, session);
  audit::record(tx, session_event("login", session), origin, now);
  return Grant{.session = std::move(session), .user = std::move(user)};
}

Result<Done> note_failed_login(db::Tx& tx, users::UserId user, const Origin& origin, Instant now)
{
  audit::record(tx, {.what = "login_failed", .subject = user.value}, origin, now);
  return Done{};
}

Result<Refreshed> refresh(
    db::Tx& tx, const Caller& caller, const Origin& origin, const Options& options, Instant now
)
{
  for (std::size_t turn = 0; turn < amends_max; ++turn) {
    USHER_TRY(Judged judged, judge(tx, caller, options, now));
    Session& session = judged.grant.session;
    if (judged.verdict == Verdict::theft) {
      return end_as_stolen(tx, session, origin, now);
    }
    if (judged.verdict == Verdict::repeat) {
      return Refreshed{.how = Refreshed::How::repeated, .grant = std::move(judged.grant)};
    }
    if (judged.verdict != Verdict::rotate) {
      return refusal_for(judged.verdict, session);
    }
    if (rotate(tx, session, options, now)) {
      return Refreshed{.how = Refreshed::How::rotated, .grant = std::move(judged.grant)};
    }
  }
  throw PassingFault{"a session's counter would not stand still"};
}

Result<std::optional<Refreshed>> peek_refresh(
    db::Tx& tx, const Caller& caller, const Options& options, Instant now
)
{
  USHER_TRY(Judged judged, judge(tx, caller, options, now));
  switch (judged.verdict) {
    case Verdict::rotate:
    case Verdict::theft: return std::optional<Refreshed>{};
    case Verdict::repeat:
      return std::optional{Refreshed{.how = Refreshed::How::repeated, .grant = std::move(judged.grant)}};
    default: return refusal_for(judged.verdict, judged.grant.session);
  }
}

Result<Grant> authenticate_again(
    db::Tx& tx, const Caller& caller, const Proof& proof, const Origin& origin, Instant now
)
{
  USHER_TRY(users::User user, still_proven(tx, proof));
  std::optional<Session> session = sessions::find(tx, caller.session);
  if (!session || session->user != user.id) {
    return refuse(session_ended);
  }
  if (const Verdict verdict = sessions::judge_access(*session, user.generation, now);
      verdict != Verdict::rotate) {
    return refusal_for(verdict, *session);
  }
  sessions::authenticated_again(tx, session->id, now);
  session->auth_time = now;
  audit::record(tx, session_event("authenticated_again", *session), origin, now);
  return Grant{.session = *std::move(session), .user = std::move(user)};
}

Result<Done> ask_alive(db::Tx& tx, const Caller& caller, Instant now)
{
  const sessions::Standing standing = sessions::standing_of(tx, caller, now);
  if (!standing.session) {
    // Also of a deleted account, whose sessions went with it: both kinds of token are told the same.
    return refuse(session_ended);
  }
  if (standing.verdict != Verdict::rotate) {
    return refusal_for(standing.verdict, *standing.session);
  }
  return Done{};
}

Result<Done> log_out(db::Tx& tx, const Caller& caller, const Origin& origin, Instant now)
{
  if (!sessions::end(tx, caller.session, EndReason::logout, now)) {
    return refuse(session_ended);
  }
  audit::record(
      tx,
      {.what = "logout", .actor = caller.user, .subject = caller.user, .session = caller.session},
      origin,
      now
  );
  return Done{};
}

std::vector<Session> list_sessions(db::Tx& tx, users::UserId user, Instant now)
{
  std::vector<Session> listed = sessions::alive_of(tx, user, now);
  for (Session& session : sessions::over_of(tx, user, {.since = now - ended_shown, .now = now})) {
    if (!session.ended) {
      session.ended = session.runs_out();
      session.end_reason = EndReason::expired;
    }
    listed.push_back(std::move(session));
  }
  return listed;
}

Result<std::vector<Session>> list_sessions_of(db::Tx& tx, users::UserId user, Instant now)
{
  USHER_CHECK(users::find(tx, user));
  return list_sessions(tx, user, now);
}

Result<Done> end_session(
    db::Tx& tx, const Caller& caller, const Uuid& session, const Origin& origin, Instant now
)
{
  USHER_CHECK(sessions::check_alive(tx, caller, now));
  const std::optional<Session> found = sessions::find(tx, session);
  if (!found || found->user.value != caller.user) {
    return refuse(session_not_found);
  }
  const EndReason reason = session == caller.session ? EndReason::logout : EndReason::ended_by_user;
  if (sessions::end(tx, session, reason, now)) {
    audit::record(tx, session_event("session_ended", *found), origin, now);
  }
  return Done{};
}

Result<std::int64_t> end_sessions(
    db::Tx& tx, const Caller& caller, Which which, const Origin& origin, Instant now
)
{
  USHER_CHECK(sessions::check_alive(tx, caller, now));
  std::int64_t ended =
      sessions::end_all(tx, users::UserId{caller.user}, EndReason::ended_by_user, caller.session, now);
  if (which == Which::all && sessions::end(tx, caller.session, EndReason::logout, now)) {
    ++ended;
  }
  if (ended > 0) {
    audit::record(
        tx,
        {.what = "sessions_ended", .actor = caller.user, .subject = caller.user, .session = caller.session},
        origin,
        now
    );
  }
  return ended;
}

Result<std::int64_t> end_sessions_of(
    db::Tx& tx, const Caller& caller, users::UserId user, const Origin& origin, Instant now
)
{
  USHER_CHECK(sessions::check_alive(tx, caller, now));
  USHER_CHECK(users::find(tx, user));
  const std::int64_t ended = sessions::end_all(tx, user, EndReason::ended_by_admin, std::nullopt, now);
  if (ended > 0) {
    audit::record(
        tx,
        {.what = "sessions_ended", .actor = caller.user, .subject = user.value, .session = caller.session},
        origin,
        now
    );
  }
  return ended;
}

Result<Done> end_session_of(
    db::Tx& tx, const Caller& caller, const SessionOf& which, const Origin& origin, Instant now
)
{
  USHER_CHECK(sessions::check_alive(tx, caller, now));
  USHER_CHECK(users::find(tx, which.user));
  const std::optional<Session> found = sessions::find(tx, which.session);
  if (!found || found->user != which.user) {
    return refuse(session_not_found, "This user has no session of that id.");
  }
  if (sessions::end(tx, which.session, EndReason::ended_by_admin, now)) {
    audit::Event event = session_event("session_ended", *found);
    event.actor = caller.user;
    audit::record(tx, event, origin, now);
  }
  return Done{};
}

tokens::AccessClaims access_claims(
    const Grant& grant, Freshness freshness, const tokens::Options& options, Instant now
)
{
  return {
      .subject = grant.user.id.value,
      .session = grant.session.id,
      .generation = grant.user.generation,
      .admin = grant.user.role == users::Role::admin,
      .fresh_until =
          freshness == Freshness::fresh ? tokens::fresh_until(options, grant.session.auth_time) : Instant{},
      .auth_time = grant.session.auth_time,
      .amr = grant.session.amr,
      .issued = now,
      .expires = std::min(now + options.access_ttl, grant.session.expires),
  };
}

tokens::RefreshClaims refresh_claims(const Grant& grant)
{
  return {
      .subject = grant.user.id.value,
      .session = grant.session.id,
      .generation = grant.session.generation,
      .counter = grant.session.counter,
      .issued = grant.session.refreshed,
      .expires = grant.session.idle_expires,
  };
}

}  // namespace usher::auth
