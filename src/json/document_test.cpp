#include "json/document.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace usher::json {
namespace {

TEST(Document, is_read_as_it_says)
{
  const auto object =
      parse_object(R"( {"a":1,"b":{"a":[true,null,"x\u00e4"]},"max":9223372036854775807,"d":1.5} )");
  ASSERT_TRUE(object);
  EXPECT_EQ(object->at("a").as_int64(), 1);
  EXPECT_EQ(object->at("b").at("a").as_array().at(2).as_string(), "x\xC3\xA4");
  EXPECT_EQ(object->at("max").as_int64(), INT64_MAX);
  EXPECT_TRUE(object->at("d").is_double());
}

TEST(Document, is_refused_when_it_is_not_strictly_one_object)
{
  const std::string_view texts[] = {
      "",
      " ",
      "{",
      "[]",
      "1",
      "null",
      R"("x")",
      "{}{}",
      "{} x",
      R"({"a":1,})",
      R"({"a":1,"a":1})",
      R"({"a":1,"\u0061":2})",
      R"({"x":{"a":1,"a":2}})",
      R"({"x":[{"a":1,"a":2}]})",
      R"({"a":{"x":1},"a":2})",
      R"({"a":1e999})",
      R"({"a":-1e999})",
      R"({"a":"\ud800"})",
      "\xEF\xBB\xBF{}",
      "{\"a\":\"\xFF\"}",
      "{\"a\":\"\xED\xA0\x80\"}",
      std::string_view{"{}\0", 3},
      R"({"a":NaN})",
      R"({"a":01})",
      "{/**/}",
  };
  for (const std::string_view text : texts) {
    EXPECT_FALSE(parse_object(text)) << text;
  }
}

TEST(Document, has_a_bounded_depth)
{
  const auto nested = [](std::size_t depth) {
    return "{\"a\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
  };
  EXPECT_TRUE(parse_object(nested(32)));
  EXPECT_FALSE(parse_object(nested(33)));
  EXPECT_FALSE(parse_object(nested(100'000)));
}

}  // namespace
}  // namespace usher::json
