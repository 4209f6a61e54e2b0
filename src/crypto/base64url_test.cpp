#include "crypto/base64url.hpp"

#include <gtest/gtest.h>

namespace usher::crypto {
namespace {

// RFC 4648 section 10, without padding and in the alphabet of section 5.
TEST(Base64url, writes_and_reads_the_vectors_of_rfc_4648)
{
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"", ""},
      {"f", "Zg"},
      {"fo", "Zm8"},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg"},
      {"fooba", "Zm9vYmE"},
      {"foobar", "Zm9vYmFy"},
      {"\xFB\xEF\xFF", "--__"},
  };
  for (const auto& [bytes, text] : rows) {
    EXPECT_EQ(base64url(bytes), text);
    EXPECT_EQ(from_base64url(text), bytes);
  }
}

TEST(Base64url, keeps_zero_bytes)
{
  const std::string bytes{"\0a\0\0", 4};
  EXPECT_EQ(from_base64url(base64url(bytes)), bytes);
}

TEST(Base64url, refuses_everything_but_the_one_way_to_write_bytes)
{
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"Zg==", "padding"},
      {"Zg=", "half a padding"},
      {"Z", "a lone digit"},
      {"Zm9vY", "a lone digit at the end"},
      {"Zh", "trailing bits after one byte"},
      {"Zm9", "trailing bits after two bytes"},
      {"+/+/", "the other alphabet"},
      {"Zm 9v", "a space"},
      {"Zm9v\n", "a line end"},
      {" Zm9v", "a leading space"},
      {"Zm9v!", "not a digit"},
      {"Zm=v", "padding inside"},
      {std::string_view{"Zm9v\0", 5}, "a zero byte"},
      {"Zm9\xC3\xA4", "not ASCII"},
  };
  for (const auto& [text, reason] : rows) {
    EXPECT_EQ(from_base64url(text), std::nullopt) << reason;
  }
}

TEST(Base64, reads_the_padded_form_and_nothing_else)
{
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"", ""},
      {"Zg==", "f"},
      {"Zm8=", "fo"},
      {"Zm9v", "foo"},
      {"++//", "\xFB\xEF\xFF"},
  };
  for (const auto& [text, bytes] : rows) {
    EXPECT_EQ(from_base64(text), bytes) << text;
  }
  for (const std::string_view text : {"Zg", "Zg=", "Zg===", "Zh==", "--__", "Zm 9v", "Zm9v\n", "=", "Zm=v"}) {
    EXPECT_EQ(from_base64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace usher::crypto
