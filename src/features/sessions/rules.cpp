#include "features/sessions/rules.hpp"

#include <algorithm>

namespace usher::sessions {
namespace {

Verdict judge_predecessor(const Session& session, Instant now, const ReuseWindow& reuse)
{
  if (!reuse) {
    return Verdict::repeat;
  }
  const bool in_time = *reuse > std::chrono::seconds{0} && now - session.refreshed <= *reuse;
  return in_time ? Verdict::repeat : Verdict::theft;
}

}  // namespace

Verdict judge_access(const Session& session, std::int64_t user_generation, Instant now)
{
  if (session.ended) {
    return Verdict::ended;
  }
  if (now >= session.expires) {
    return Verdict::run_out;
  }
  return session.generation == user_generation ? Verdict::rotate : Verdict::outdated;
}

Verdict judge_refresh(const Session& session, const Presented& presented, const ReuseWindow& reuse)
{
  if (!session.ended && presented.now >= session.idle_expires) {
    return Verdict::run_out;
  }
  if (const Verdict verdict = judge_access(session, presented.user_generation, presented.now);
      verdict != Verdict::rotate) {
    return verdict;
  }
  if (presented.counter < 1 || presented.counter > session.counter) {
    return Verdict::unknown;
  }
  if (presented.counter == session.counter) {
    return Verdict::rotate;
  }
  if (presented.counter == session.counter - 1) {
    return judge_predecessor(session, presented.now, reuse);
  }
  return Verdict::theft;
}

Instant idle_end(Instant now, std::chrono::seconds idle_life, Instant absolute_end)
{
  return std::min(now + idle_life, absolute_end);
}

}  // namespace usher::sessions
