#include "base/time.hpp"

#include <gtest/gtest.h>

#include <array>

namespace usher {
namespace {

using namespace std::chrono_literals;

TEST(Rfc3339, is_utc_in_whole_seconds)
{
  EXPECT_EQ(rfc3339(from_epoch(1'700'000'000)), "2023-11-14T22:13:20Z");
  EXPECT_EQ(rfc3339(from_epoch(-60'000'000'000)), "0068-09-03T13:20:00Z");
}

struct DurationCase {
  std::string_view text;
  std::optional<std::chrono::seconds> expected;
};

TEST(ParseDuration, reads_what_people_write_and_nothing_else)
{
  const std::array cases{
      DurationCase{"15m", 900s},
      DurationCase{"24h", 86400s},
      DurationCase{"30d", 2592000s},
      DurationCase{"90s", 90s},
      DurationCase{"900", 900s},
      DurationCase{"0", 0s},
      DurationCase{"", std::nullopt},
      DurationCase{"m", std::nullopt},
      DurationCase{"-5m", std::nullopt},
      DurationCase{"1.5h", std::nullopt},
      DurationCase{"15 m", std::nullopt},
      DurationCase{"99999999999999999999", std::nullopt},
      DurationCase{"9223372036854775807d", std::nullopt},
      DurationCase{"+5m", std::nullopt},
  };
  for (const DurationCase& one : cases) {
    EXPECT_EQ(parse_duration(one.text), one.expected) << one.text;
  }
}

TEST(FormatDuration, is_read_back_as_it_was)
{
  for (const auto duration : {0s, 1s, 59s, 60s, 900s, 3600s, 5400s, 86400s, 2592000s}) {
    EXPECT_EQ(parse_duration(format_duration(duration)), duration);
  }
}

}  // namespace
}  // namespace usher
