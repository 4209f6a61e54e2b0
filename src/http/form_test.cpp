#include "http/form.hpp"

#include <gtest/gtest.h>

#include <array>
#include <utility>

namespace usher::http {
namespace {

TEST(Form, decodes_what_forms_encode)
{
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"", ""},
      {"abc", "abc"},
      {"a+b", "a b"},
      {"a%20b", "a b"},
      {"%2B%26%3d%25", "+&=%"},
      {"%E2%82%AC", "\xE2\x82\xAC"},
      {"%00", std::string_view{"\0", 1}},
      {"%fF", "\xFF"},
  };
  for (const auto& [text, decoded] : rows) {
    EXPECT_EQ(form_decoded(text), decoded) << text;
  }
}

TEST(Form, refuses_broken_escapes)
{
  for (const std::string_view text : {"%", "%4", "%zz", "a%", "ab%1", "%%41", "%-1", "% 1", "%4g"}) {
    EXPECT_EQ(form_decoded(text), std::nullopt) << text;
  }
}

TEST(Form, finds_a_parameter_by_its_decoded_name)
{
  constexpr std::string_view form = "a=1&%74oken=x%2By&c=d=e&flag&=nameless&";
  ASSERT_TRUE(check_form(form));
  EXPECT_EQ(form_value(form, "a"), "1");
  EXPECT_EQ(form_value(form, "token"), "x+y");
  EXPECT_EQ(form_value(form, "c"), "d=e");
  EXPECT_EQ(form_value(form, "Token"), std::nullopt);
}

TEST(Form, takes_an_empty_value_for_an_absent_one)
{
  EXPECT_EQ(form_value("token=", "token"), std::nullopt);
  EXPECT_EQ(form_value("token", "token"), std::nullopt);
  EXPECT_EQ(form_value("", "token"), std::nullopt);
}

TEST(Form, is_checked_whole)
{
  std::string many;
  for (std::size_t i = 0; i < form_parameters_max; ++i) {
    many += "p" + std::to_string(i) + "=&";
  }
  EXPECT_TRUE(check_form(many));
  const std::pair<std::string_view, std::string> rows[] = {
      {"a name twice", "token=a&token=b"},
      {"a name twice, one of them empty", "token=a&token="},
      {"a name twice, differently encoded", "token=a&%74oken=b"},
      {"an unknown name twice", "x=1&token=a&x=2"},
      {"a broken value", "token=%zz"},
      {"a broken name", "%zz=1&token=a"},
      {"too many", many + "one=more"},
  };
  for (const auto& [why, form] : rows) {
    const auto checked = check_form(form);
    ASSERT_FALSE(checked) << why;
    EXPECT_EQ(checked.error().code(), "invalid_request") << why;
  }
  EXPECT_TRUE(check_form(""));
  EXPECT_TRUE(check_form("&&token=a&&"));
}

}  // namespace
}  // namespace usher::http
