#pragma once

#include "base/clock.hpp"
#include "features/sessions/session.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace usher::sessions {

/// sessions.reuse_window: how long the last refresh token but one still gets the answer that was perhaps
/// lost. Nothing: until its successor is used. Zero: never (strict).
using ReuseWindow = std::optional<std::chrono::seconds>;

/// Live sessions of one user; another login ends the oldest.
inline constexpr int live_sessions_max = 100;

/// What a refresh token that verifies is worth. `counter` is its `n`.
struct Presented {
  std::int64_t counter{};
  std::int64_t user_generation{};  ///< of the user as he stands now
  Instant now{};
};

enum class Verdict {
  rotate,   ///< the newest: counter + 1 is issued
  repeat,   ///< the one before, and its successor was never used: the newest is issued again, nothing written
  theft,    ///< older, or too late: somebody else has it; this session ends
  unknown,  ///< newer than any we know of (from before a restore): refused, the session lives on
  ended,    ///< somebody ended the session
  run_out,  ///< idle for too long, or at its absolute end
  outdated,  ///< of a generation that the user has left behind
};

/// The whole of the refresh rules; docs/sessions.md has them as a table. Pure.
Verdict judge_refresh(const Session& session, const Presented& presented, const ReuseWindow& reuse);

/// May access tokens of this session be honoured? `ended`, `run_out` (only the absolute life counts: a token
/// in use shows that nobody is idle), `outdated`; else `rotate`. Pure.
Verdict judge_access(const Session& session, std::int64_t user_generation, Instant now);

/// Where a session that is used `now` becomes idle, never past its absolute end.
Instant idle_end(Instant now, std::chrono::seconds idle_life, Instant absolute_end);

}  // namespace usher::sessions
