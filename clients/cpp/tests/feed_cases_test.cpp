// The cases that all three libraries share.

#include "revocation_set.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <string>

namespace usher::verify {
namespace {

using std::chrono::seconds;
using Json = nlohmann::json;

constexpr std::int64_t start = 1'800'000'000;

std::string wanted_by(const RevocationSet& set)
{
  switch (set.missing()) {
    case RevocationSet::Missing::nothing: return "nothing";
    case RevocationSet::Missing::some: return "since";
    case RevocationSet::Missing::all: break;
  }
  return "whole";
}

Json standing_of(const RevocationSet& set, Moment now)
{
  const auto age = set.age(now);
  return {
      {"have", set.have()},
      {"wanted", wanted_by(set)},
      {"age", age ? Json(std::chrono::duration_cast<seconds>(*age).count()) : Json()},
  };
}

Moment moment(std::int64_t at)
{
  return {
      std::chrono::system_clock::time_point{seconds{start + at}},
      std::chrono::steady_clock::time_point{} + std::chrono::hours{24} + seconds{at}
  };
}

TEST(FeedCases, hold)
{
  std::ifstream file{USHER_FEED_CASES};
  const Json all = Json::parse(file);
  ASSERT_FALSE(all.at("cases").empty());
  for (const Json& one : all.at("cases")) {
    RevocationSet set{seconds{30}};
    for (const Json& step : one.at("steps")) {
      const Moment now = moment(step.at("at").get<std::int64_t>());
      set.add(
          {.issued = start + step.at("iat").get<std::int64_t>(),
           .seq = step.at("seq").get<std::int64_t>(),
           .from = step.at("from").get<std::int64_t>(),
           .keep = 990},
          now
      );
      const Json expected{{"have", step.at("have")}, {"wanted", step.at("wanted")}, {"age", step.at("age")}};
      EXPECT_EQ(standing_of(set, now), expected) << one.at("name") << ": " << step;
    }
  }
}

}  // namespace
}  // namespace usher::verify
