#include "features/sessions/alive.hpp"

#include "base/refusals.hpp"
#include "features/sessions/store.hpp"
#include "features/users/store.hpp"

#include <utility>

namespace usher::sessions {
namespace {

/// A generation ahead of the user's own is from before a restore: as foreign as one left behind. Every change
/// of the role bumps the generation, so a role that differs was never issued.
bool is_of(const Caller& caller, const users::User& user)
{
  return caller.generation == user.generation && caller.admin == (user.role == users::Role::admin);
}

bool is_the_shell(const Caller& caller)
{
  return !caller.somebody() && caller.admin;
}

}  // namespace

Standing standing_of(db::Tx& tx, const Caller& caller, Instant now)
{
  std::optional<Session> session = find(tx, caller.session);
  if (session && session->user.value != caller.user) {
    session.reset();
  }
  if (session && session->ended) {
    return {.verdict = Verdict::ended, .session = std::move(session)};
  }
  const auto user = users::find(tx, users::UserId{caller.user});
  if (!user || user->disabled) {
    return {.verdict = Verdict::outdated, .session = std::move(session)};
  }
  if (!session) {
    return {};
  }
  Verdict verdict = judge_access(*session, user->generation, now);
  if (verdict == Verdict::rotate && !is_of(caller, *user)) {
    verdict = Verdict::outdated;
  }
  return {.verdict = verdict, .session = std::move(session)};
}

Result<Done> check_alive(db::Tx& tx, const Caller& caller, Instant now)
{
  if (is_the_shell(caller) || standing_of(tx, caller, now).verdict == Verdict::rotate) {
    return Done{};
  }
  return refuse(token_revoked);
}

}  // namespace usher::sessions
