#include "features/sessions/rules.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>
#include <string_view>

namespace usher::sessions {
namespace {

using namespace std::chrono_literals;

constexpr Instant start{1'700'000'000s};
constexpr ReuseWindow until_used{};
constexpr ReuseWindow ten_seconds{10s};
constexpr ReuseWindow strict{0s};

/// Begun at `start`, refreshed 100 s later, newest token number 5, idle after 1,000 s, over after 5,000 s.
Session a_session()
{
  return {
      .user = users::UserId{7},
      .generation = 3,
      .counter = 5,
      .created = start,
      .refreshed = start + 100s,
      .idle_expires = start + 1100s,
      .expires = start + 5000s,
  };
}

std::string_view name_of(Verdict verdict)
{
  constexpr std::array names{"rotate", "repeat", "theft", "unknown", "ended", "run_out", "outdated"};
  return names.at(static_cast<std::size_t>(verdict));
}

struct CounterCase {
  std::string_view why;
  std::int64_t counter;
  std::chrono::seconds at;  ///< after `start`
  ReuseWindow reuse;
  Verdict expected;
};

TEST(JudgeRefresh, follows_the_counter)
{
  const std::array cases{
      CounterCase{"the newest, whatever the mode", 5, 200s, until_used, Verdict::rotate},
      CounterCase{"the newest, whatever the mode", 5, 200s, ten_seconds, Verdict::rotate},
      CounterCase{"the newest, whatever the mode", 5, 200s, strict, Verdict::rotate},
      CounterCase{"the one before, its successor unused", 4, 100s, until_used, Verdict::repeat},
      CounterCase{"the same as long as the session lives", 4, 1099s, until_used, Verdict::repeat},
      CounterCase{"the one before, at once", 4, 100s, ten_seconds, Verdict::repeat},
      CounterCase{"the one before, at the window's last second", 4, 110s, ten_seconds, Verdict::repeat},
      CounterCase{"the one before, past the window", 4, 111s, ten_seconds, Verdict::theft},
      CounterCase{"the clock was set back since the refresh", 4, 50s, ten_seconds, Verdict::repeat},
      CounterCase{"the one before, in the same second", 4, 100s, strict, Verdict::theft},
      CounterCase{"the one before, later", 4, 200s, strict, Verdict::theft},
      CounterCase{"the grandparent is always theft", 3, 100s, until_used, Verdict::theft},
      CounterCase{"the grandparent is always theft", 3, 100s, ten_seconds, Verdict::theft},
      CounterCase{"the grandparent is always theft", 3, 100s, strict, Verdict::theft},
      CounterCase{"the very first", 1, 100s, until_used, Verdict::theft},
      CounterCase{"issued before a restore", 6, 200s, until_used, Verdict::unknown},
      CounterCase{"issued before a restore", 6, 200s, ten_seconds, Verdict::unknown},
      CounterCase{"issued before a restore", 6, 200s, strict, Verdict::unknown},
      CounterCase{"far ahead", std::numeric_limits<std::int64_t>::max(), 200s, until_used, Verdict::unknown},
      CounterCase{"none that was ever issued", 0, 200s, until_used, Verdict::unknown},
      CounterCase{"none that was ever issued", -1, 200s, until_used, Verdict::unknown},
      CounterCase{
          "none that was ever issued",
          std::numeric_limits<std::int64_t>::min(),
          200s,
          strict,
          Verdict::unknown
      },
  };
  for (const CounterCase& row : cases) {
    const Presented presented{.counter = row.counter, .user_generation = 3, .now = start + row.at};
    EXPECT_EQ(name_of(judge_refresh(a_session(), presented, row.reuse)), name_of(row.expected))
        << row.why << ": n=" << row.counter << " at " << row.at.count();
  }
}

TEST(JudgeRefresh, has_no_predecessor_of_a_session_that_was_never_refreshed)
{
  Session session = a_session();
  session.counter = 1;
  const auto verdict = [&](std::int64_t counter) {
    return judge_refresh(
        session, {.counter = counter, .user_generation = 3, .now = start + 100s}, until_used
    );
  };
  EXPECT_EQ(verdict(1), Verdict::rotate);
  EXPECT_EQ(verdict(0), Verdict::unknown);
  EXPECT_EQ(verdict(2), Verdict::unknown);
}

/// Nothing about a counter matters once the session is over: not even theft is worth telling.
TEST(JudgeRefresh, asks_for_life_before_it_looks_at_the_counter)
{
  struct LifeCase {
    std::string_view why;
    std::chrono::seconds at;
    std::int64_t generation;
    bool ended;
    Verdict expected;
  };
  const std::array cases{
      LifeCase{"ended", 200s, 3, true, Verdict::ended},
      LifeCase{"ended, and run out since", 9000s, 3, true, Verdict::ended},
      LifeCase{"ended by what changed the generation", 200s, 4, true, Verdict::ended},
      LifeCase{"idle to the second", 1100s, 3, false, Verdict::run_out},
      LifeCase{"at its absolute end", 5000s, 3, false, Verdict::run_out},
      LifeCase{"the user has a newer generation", 200s, 4, false, Verdict::outdated},
      LifeCase{"the user has an older generation, from a backup", 200s, 2, false, Verdict::outdated},
  };
  for (const LifeCase& row : cases) {
    for (const std::int64_t counter : {0, 1, 3, 4, 5, 6}) {
      for (const ReuseWindow& reuse : {until_used, ten_seconds, strict}) {
        Session session = a_session();
        session.ended = row.ended ? std::optional{start + 150s} : std::nullopt;
        const Presented presented{
            .counter = counter, .user_generation = row.generation, .now = start + row.at
        };
        EXPECT_EQ(name_of(judge_refresh(session, presented, reuse)), name_of(row.expected))
            << row.why << ": n=" << counter;
      }
    }
  }
}

TEST(JudgeRefresh, ends_at_the_absolute_limit_however_often_it_was_refreshed)
{
  Session session = a_session();
  for (std::chrono::seconds at = 100s; at < 5000s; at += 500s) {
    const Instant now = start + at;
    ASSERT_EQ(
        judge_refresh(session, {.counter = session.counter, .user_generation = 3, .now = now}, until_used),
        Verdict::rotate
    );
    ++session.counter;
    session.refreshed = now;
    session.idle_expires = idle_end(now, 1000s, session.expires);
  }
  EXPECT_EQ(session.idle_expires, session.expires);
  EXPECT_EQ(
      judge_refresh(
          session, {.counter = session.counter, .user_generation = 3, .now = start + 5000s}, until_used
      ),
      Verdict::run_out
  );
}

TEST(JudgeAccess, does_not_mind_that_nobody_refreshes)
{
  EXPECT_EQ(judge_access(a_session(), 3, start + 4999s), Verdict::rotate);
  EXPECT_EQ(judge_access(a_session(), 3, start + 5000s), Verdict::run_out);
}

TEST(JudgeAccess, minds_an_end_and_a_generation)
{
  Session session = a_session();
  EXPECT_EQ(judge_access(session, 4, start), Verdict::outdated);
  session.ended = start;
  EXPECT_EQ(judge_access(session, 3, start), Verdict::ended);
}

TEST(EndReason, is_read_back_from_its_name)
{
  for (int reason = 0; reason <= static_cast<int>(EndReason::expired); ++reason) {
    const auto each = static_cast<EndReason>(reason);
    EXPECT_FALSE(sessions::name_of(each).empty());
    EXPECT_EQ(parse_end_reason(sessions::name_of(each)), each);
  }
  EXPECT_EQ(parse_end_reason("nonsense"), std::nullopt);
}

}  // namespace
}  // namespace usher::sessions
