#include "features/sessions/rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <vector>

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

/// docs/sessions.md as it stands there: a list of lines, of which the first that fits is the answer. Written
/// from the page, not from rules.cpp.
namespace page {

enum class Life { alive, idle, at_the_absolute_end, ended };
enum class Number { none, older, before, newest, ahead };
enum class Reuse { until_used, window, strict };

struct Case {
  Life life{};
  int generations_since{};  ///< the user's less the session's
  Number number{};
  Reuse reuse{};
  std::chrono::seconds since_refresh{};
};

constexpr std::chrono::seconds window{10};

struct Line {
  std::string_view presented;
  bool (*fits)(const Case&);
  Verdict answer;
};

constexpr std::array lines{
    Line{"the session ended", [](const Case& it) { return it.life == Life::ended; }, Verdict::ended},
    Line{"or ran out", [](const Case& it) { return it.life != Life::alive; }, Verdict::run_out},
    Line{
        "alive but of a generation left behind",
        [](const Case& it) { return it.generations_since != 0; },
        Verdict::outdated
    },
    Line{"n > c", [](const Case& it) { return it.number == Number::ahead; }, Verdict::unknown},
    Line{"never issued", [](const Case& it) { return it.number == Number::none; }, Verdict::unknown},
    Line{"n = c", [](const Case& it) { return it.number == Number::newest; }, Verdict::rotate},
    Line{"n < c - 1", [](const Case& it) { return it.number == Number::older; }, Verdict::theft},
    Line{"strict", [](const Case& it) { return it.reuse == Reuse::strict; }, Verdict::theft},
    Line{"until-used", [](const Case& it) { return it.reuse == Reuse::until_used; }, Verdict::repeat},
    Line{"in the window", [](const Case& it) { return it.since_refresh <= window; }, Verdict::repeat},
    Line{"later", [](const Case&) { return true; }, Verdict::theft},
};

Verdict answer_to(const Case& presented)
{
  return std::ranges::find_if(lines, [&](const Line& line) { return line.fits(presented); })->answer;
}

std::vector<std::int64_t> numbers_of(Number number, std::int64_t newest)
{
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  constexpr auto greatest = std::numeric_limits<std::int64_t>::max();
  switch (number) {
    case Number::none: return {0, -1, least};
    case Number::older:
      return newest > 2 ? std::vector{std::int64_t{1}, newest - 2} : std::vector<std::int64_t>{};
    case Number::before: return newest > 1 ? std::vector{newest - 1} : std::vector<std::int64_t>{};
    case Number::newest: return {newest};
    case Number::ahead:
      return newest < greatest ? std::vector{newest + 1, greatest} : std::vector<std::int64_t>{};
  }
  return {};
}

Session session_of(const Case& it, std::int64_t newest, Instant now)
{
  constexpr std::chrono::seconds to_come{1};
  const bool over = it.life == Life::at_the_absolute_end;
  const bool idle = over || it.life == Life::idle;
  return {
      .generation = 3,
      .counter = newest,
      .created = now - 24h,
      .refreshed = now - it.since_refresh,
      .idle_expires = idle ? now : now + to_come,
      .expires = over ? now : now + to_come,
      .ended = it.life == Life::ended ? std::optional{now - 1h} : std::nullopt,
  };
}

constexpr ReuseWindow reuse_of(Reuse reuse)
{
  switch (reuse) {
    case Reuse::until_used: return until_used;
    case Reuse::window: return window;
    case Reuse::strict: break;
  }
  return strict;
}

constexpr std::array lives{Life::alive, Life::idle, Life::at_the_absolute_end, Life::ended};
constexpr std::array generations{-1, 0, 1};
constexpr std::array numbers{Number::none, Number::older, Number::before, Number::newest, Number::ahead};
constexpr std::array reuses{Reuse::until_used, Reuse::window, Reuse::strict};
/// A negative one: the clock was set back since.
constexpr std::array ages{
    std::chrono::seconds{-3600}, std::chrono::seconds{0}, window, window + 1s, std::chrono::seconds{3600}
};

/// Takes a digit of `rest` in the base that `all` is long.
template <class T, std::size_t N>
T next_of(const std::array<T, N>& all, std::size_t& rest)
{
  const T found = all.at(rest % N);
  rest /= N;
  return found;
}

/// Every combination once.
std::vector<Case> all_cases()
{
  constexpr std::size_t total =
      lives.size() * generations.size() * numbers.size() * reuses.size() * ages.size();
  std::vector<Case> all(total);
  for (std::size_t i = 0; i < total; ++i) {
    std::size_t rest = i;
    all[i] = {
        .life = next_of(lives, rest),
        .generations_since = next_of(generations, rest),
        .number = next_of(numbers, rest),
        .reuse = next_of(reuses, rest),
        .since_refresh = next_of(ages, rest),
    };
  }
  return all;
}

}  // namespace page

TEST(JudgeRefresh, answers_every_question_there_is_as_the_page_does)
{
  constexpr std::int64_t greatest = std::numeric_limits<std::int64_t>::max();
  std::size_t asked = 0;
  std::set<Verdict> answers;
  for (const page::Case& it : page::all_cases()) {
    for (const std::int64_t newest : {std::int64_t{1}, std::int64_t{2}, std::int64_t{3}, greatest}) {
      const Session session = page::session_of(it, newest, start);
      for (const std::int64_t counter : page::numbers_of(it.number, newest)) {
        const Presented presented{
            .counter = counter, .user_generation = session.generation + it.generations_since, .now = start
        };
        const Verdict answer = judge_refresh(session, presented, page::reuse_of(it.reuse));
        EXPECT_EQ(name_of(answer), name_of(page::answer_to(it)))
            << "life " << static_cast<int>(it.life) << ", " << it.generations_since
            << " generations, n=" << counter << " of " << newest << ", mode " << static_cast<int>(it.reuse)
            << ", " << it.since_refresh.count() << " s";
        answers.insert(answer);
        ++asked;
      }
    }
  }
  EXPECT_EQ(answers.size(), 7U);
  EXPECT_GT(asked, 5000U);
}

TEST(JudgeAccess, answers_every_question_there_is_as_the_page_does)
{
  for (const page::Case& it : page::all_cases()) {
    const Session session = page::session_of(it, 3, start);
    // An access token in use shows that nobody is idle, and has no number.
    page::Case without{it};
    without.number = page::Number::newest;
    without.life = it.life == page::Life::idle ? page::Life::alive : it.life;
    EXPECT_EQ(
        name_of(judge_access(session, session.generation + it.generations_since, start)),
        name_of(page::answer_to(without))
    );
  }
}

/// An hour either way, in every mode: what was revoked stays so, and a session's life is its own.
TEST(JudgeRefresh, revives_nothing_when_the_clock_is_set)
{
  for (const ReuseWindow& reuse : {until_used, ten_seconds, strict}) {
    for (const std::chrono::seconds set : {std::chrono::seconds{-3600}, std::chrono::seconds{3600}}) {
      const auto verdict = [&](const Session& session, std::int64_t counter) {
        return judge_refresh(
            session, {.counter = counter, .user_generation = 3, .now = start + 200s + set}, reuse
        );
      };
      Session session = a_session();
      session.idle_expires = start + 24h;
      session.expires = start + 48h;
      EXPECT_EQ(verdict(session, 5), Verdict::rotate);
      EXPECT_EQ(verdict(session, 3), Verdict::theft);
      EXPECT_EQ(verdict(session, 6), Verdict::unknown);
      session.ended = start + 150s;
      EXPECT_EQ(verdict(session, 5), Verdict::ended);
    }
  }
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
