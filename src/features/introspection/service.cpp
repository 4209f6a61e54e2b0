#include "features/introspection/service.hpp"

#include "audit/audit.hpp"
#include "features/sessions/alive.hpp"
#include "features/sessions/store.hpp"
#include "features/users/store.hpp"

#include <optional>
#include <string>

namespace usher::introspection {

using sessions::Session;
using sessions::Verdict;

bool is_honoured(db::Tx& tx, const Caller& caller, Instant now)
{
  return sessions::standing_of(tx, caller, now).verdict == Verdict::rotate;
}

bool would_refresh(db::Tx& tx, const Caller& caller, const sessions::ReuseWindow& reuse, Instant now)
{
  const std::optional<Session> session = sessions::find(tx, caller.session);
  if (!session || session->user.value != caller.user) {
    return false;
  }
  const auto user = users::find(tx, session->user);
  if (!user || user->disabled) {
    return false;
  }
  const Verdict verdict = sessions::judge_refresh(
      *session, {.counter = caller.counter, .user_generation = user->generation, .now = now}, reuse
  );
  return verdict == Verdict::rotate || verdict == Verdict::repeat;
}

Result<Revocation> revoke(
    db::Tx& tx, const TokenSession& target, std::string_view client, const Origin& origin, Instant now
)
{
  const std::optional<Session> session = sessions::find(tx, target.session);
  if (!session || session->user.value != target.user) {
    return Revocation::nothing;
  }
  if (!sessions::end(tx, target.session, sessions::EndReason::revoked, now)) {
    return Revocation::nothing;
  }
  const std::string detail = "client=" + std::string{client};
  audit::record(
      tx,
      {.what = "session_revoked", .subject = target.user, .session = target.session, .detail = detail},
      origin,
      now
  );
  return Revocation::done;
}

}  // namespace usher::introspection
