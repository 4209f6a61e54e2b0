#include "base/uuid.hpp"

#include <gtest/gtest.h>

namespace usher {
namespace {

TEST(Uuid, is_read_back_as_it_was_written)
{
  const Uuid uuid{.high = 0x0190a8c3'7fff'7abcULL, .low = 0x8123456789abcdefULL};
  EXPECT_EQ(to_string(uuid), "0190a8c3-7fff-7abc-8123-456789abcdef");
  EXPECT_EQ(parse_uuid(to_string(uuid)), uuid);
}

TEST(Uuid, refuses_every_other_spelling)
{
  for (const std::string_view text :
       {"",
        "0190a8c3-7fff-7abc-8123-456789abcde",
        "0190A8C3-7fff-7abc-8123-456789abcdef",
        "{190a8c3-7fff-7abc-8123-456789abcdef",
        "0190a8c37-fff-7abc-8123-456789abcdef",
        "0190a8c3-7fff-7abc-8123-456789abcdeg",
        "0190a8c3-7fff-7abc-8123-456789abcdef0"}) {
    EXPECT_FALSE(parse_uuid(text)) << text;
  }
}

}  // namespace
}  // namespace usher
