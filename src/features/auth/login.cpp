#include "features/auth/login.hpp"

#include "base/fault.hpp"

#include <utility>

namespace usher::auth {
namespace {

/// A disabled user's password is held against its hash all the same: the time tells nothing.
bool may_log_in(const users::Credentials& claimed)
{
  return !claimed.password_hash.empty() && !claimed.user.disabled;
}

/// A guess that was not evaluated is nobody's mistake: not when the gate is busy, nor when there is no
/// memory.
Task<Result<passwords::Verdict>> evaluate(
    const Deps& deps, const Guess& guess, const std::string& stored, limits::Guessing::Ticket& ticket
)
{
  try {
    Result<passwords::Verdict> verdict =
        co_await deps.passwords.verify(Secret{guess.password.reveal()}, stored);
    if (!verdict) {
      ticket.cancel();
    }
    co_return verdict;
  } catch (const Fault&) {
    ticket.cancel();
    throw;
  }
}

Task<Result<Done>> note_failure(const Deps& deps, users::UserId user, const Origin& origin)
{
  auto work = [&origin, user, now = deps.clock.now()](db::Tx& tx) {
    return note_failed_login(tx, user, origin, now);
  };
  co_return co_await deps.db.write(std::move(work));
}

}  // namespace

Task<Result<Proof>> prove(const Deps& deps, const Guess& guess, const Origin& origin)
{
  USHER_CO_TRY(limits::Guessing::Ticket ticket, co_await deps.guessing.admit(guess.account, origin.address));
  Proof proof;
  bool allowed = false;
  if (guess.claimed) {
    proof.user = guess.claimed->user.id;
    proof.hash = guess.claimed->password_hash;
    allowed = may_log_in(*guess.claimed);
  }
  USHER_CO_TRY(const passwords::Verdict verdict, co_await evaluate(deps, guess, proof.hash, ticket));
  if (!verdict.matches || !allowed) {
    USHER_CO_CHECK(co_await note_failure(deps, proof.user, origin));
    co_return refuse(bad_credentials);
  }
  ticket.was_right();
  if (verdict.outdated) {
    // Not worth refusing a right password for: if the gate is busy, the next login does it.
    Result<std::string> better = co_await deps.passwords.hash(Secret{guess.password.reveal()});
    if (better) {
      proof.better = *std::move(better);
    }
  }
  co_return proof;
}

}  // namespace usher::auth
