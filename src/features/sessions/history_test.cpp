#include "features/sessions/history.hpp"

#include <gmock/gmock.h>

#include <limits>
#include <vector>

namespace usher::sessions {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr History::Stamp start{};
constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

Uuid id_of(std::int64_t number)
{
  return {.high = 0x019a'0000'0000'7000, .low = 0x8000'0000'0000'0000 + static_cast<std::uint64_t>(number)};
}

struct Histories : ::testing::Test {
  History history{15min};

  void end_session(std::int64_t seq, History::Stamp at = start)
  {
    history.add({.seq = seq, .session = id_of(seq)}, at);
  }

  void leave_generation(std::int64_t seq, std::int64_t user, std::int64_t generation)
  {
    history.add({.seq = seq, .user = {.id = user, .generation = generation}}, start);
  }
};

TEST_F(Histories, of_nothing_are_whole_and_empty)
{
  const News news = history.since(0, no_limit);
  EXPECT_TRUE(news.whole);
  EXPECT_EQ(news.from, 0);
  EXPECT_EQ(news.seq, 0);
  EXPECT_THAT(news.sessions, IsEmpty());
  EXPECT_THAT(news.users, IsEmpty());
}

TEST_F(Histories, tell_what_came_after_a_number)
{
  end_session(1);
  end_session(2);
  leave_generation(3, 7, 2);
  end_session(4);
  const News news = history.since(2, no_limit);
  EXPECT_FALSE(news.whole);
  EXPECT_EQ(news.from, 2);
  EXPECT_EQ(news.seq, 4);
  EXPECT_THAT(news.sessions, ElementsAre(id_of(4)));
  EXPECT_THAT(news.users, ElementsAre(News::User{.id = 7, .generation = 2}));
}

TEST_F(Histories, tell_that_there_is_nothing_new)
{
  end_session(1);
  const News news = history.since(1, no_limit);
  EXPECT_FALSE(news.whole);
  EXPECT_EQ(news.from, 1);
  EXPECT_EQ(news.seq, 1);
  EXPECT_THAT(news.sessions, IsEmpty());
}

TEST_F(Histories, are_told_whole_to_whoever_knows_nothing_or_more_than_there_is)
{
  end_session(1);
  end_session(2);
  for (const std::int64_t seq : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{3}}) {
    const News news = history.since(seq, no_limit);
    EXPECT_TRUE(news.whole);
    EXPECT_EQ(news.from, 0);
    EXPECT_EQ(news.seq, 2);
    EXPECT_THAT(news.sessions, ElementsAre(id_of(1), id_of(2)));
  }
}

TEST_F(Histories, are_told_whole_once_something_newer_was_forgotten)
{
  end_session(1);
  end_session(2);
  end_session(3, start + 10min);
  EXPECT_EQ(history.forget(start + 20min), 2U);
  EXPECT_TRUE(history.since(1, no_limit).whole);
  EXPECT_FALSE(history.since(2, no_limit).whole);
  EXPECT_THAT(history.since(1, no_limit).sessions, ElementsAre(id_of(3)));
  EXPECT_THAT(history.since(2, no_limit).sessions, ElementsAre(id_of(3)));
  EXPECT_EQ(history.sessions(), 1U);
}

TEST_F(Histories, keep_their_number_when_everything_is_forgotten)
{
  end_session(8);
  EXPECT_EQ(history.forget(start + 1h), 1U);
  EXPECT_EQ(history.seq(), 8);
  EXPECT_FALSE(history.since(8, no_limit).whole);
  EXPECT_TRUE(history.since(7, no_limit).whole);
  EXPECT_EQ(history.since(0, no_limit).seq, 8);
}

TEST_F(Histories, forget_nothing_before_its_time)
{
  end_session(1);
  EXPECT_EQ(history.forget(start + 15min), 0U);
  EXPECT_EQ(history.forget(start + 15min + 1s), 1U);
}

TEST_F(Histories, keep_what_shares_a_chunk_as_long_as_the_youngest_of_it)
{
  end_session(1);
  end_session(2, start + 30s);
  EXPECT_EQ(history.forget(start + 15min + 30s), 0U);
  EXPECT_EQ(history.forget(start + 15min + 31s), 2U);
}

TEST_F(Histories, begin_where_they_are_told)
{
  history.start_after(100);
  end_session(101);
  EXPECT_TRUE(history.since(99, no_limit).whole);
  EXPECT_FALSE(history.since(100, no_limit).whole);
  EXPECT_THAT(history.since(100, no_limit).sessions, ElementsAre(id_of(101)));
}

TEST_F(Histories, name_each_user_once_with_the_greatest_generation)
{
  leave_generation(1, 9, 2);
  leave_generation(2, 7, 5);
  leave_generation(3, 9, 3);
  leave_generation(4, 7, 4);
  EXPECT_THAT(
      history.since(0, no_limit).users,
      ElementsAre(News::User{.id = 7, .generation = 5}, News::User{.id = 9, .generation = 3})
  );
}

/// However small the steps, whoever follows them has everything, once and in order.
TEST_F(Histories, can_be_read_in_steps_of_any_size)
{
  constexpr std::int64_t total = 10'000;
  std::vector<Uuid> expected;
  for (std::int64_t seq = 1; seq <= total; ++seq) {
    if (seq % 10 == 0) {
      leave_generation(seq, seq, 2);
    } else {
      end_session(seq);
      expected.push_back(id_of(seq));
    }
  }
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, std::size_t{9'999}}) {
    std::vector<Uuid> sessions;
    std::size_t users = 0;
    std::int64_t seq = 0;
    while (seq < total) {
      const News news = history.since(seq, step);
      ASSERT_GT(news.seq, seq);
      ASSERT_EQ(news.from, seq);
      ASSERT_LE(news.sessions.size() + news.users.size(), step);
      sessions.insert(sessions.end(), news.sessions.begin(), news.sessions.end());
      users += news.users.size();
      seq = news.seq;
    }
    EXPECT_EQ(sessions, expected) << step;
    EXPECT_EQ(users, total / 10) << step;
  }
}

TEST_F(Histories, leave_gaps_in_the_numbers_alone)
{
  constexpr std::int64_t far = std::int64_t{1} << 40;
  end_session(5);
  end_session(far);
  end_session(far + 70'000);
  EXPECT_THAT(history.since(5, no_limit).sessions, ElementsAre(id_of(far), id_of(far + 70'000)));
  EXPECT_THAT(history.since(far - 1, no_limit).sessions, SizeIs(2));
  EXPECT_THAT(history.since(far, no_limit).sessions, ElementsAre(id_of(far + 70'000)));
}

TEST_F(Histories, do_not_cost_a_heap_block_for_each_that_comes_alone)
{
  constexpr std::int64_t total = 900;
  for (std::int64_t seq = 1; seq <= total; ++seq) {
    end_session(seq, start + seq * 1s);
  }
  EXPECT_LT(history.bytes(), 40 * static_cast<std::size_t>(total));
}

}  // namespace
}  // namespace usher::sessions
