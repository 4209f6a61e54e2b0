#include "text/unicode.hpp"

#include <gtest/gtest.h>

namespace usher::text {
namespace {

TEST(Utf8, is_what_RFC_3629_says)
{
  struct Row {
    std::string_view text;
    bool valid;
  };
  const Row rows[] = {
      {"", true},
      {"plain", true},
      {std::string_view{"\0", 1}, true},
      {"\x7f\xC2\x80\xDF\xBF", true},
      {"\u0800\uD7FF\uE000\uFFFF", true},
      {"\U00010000\U0010FFFF", true},
      {"\x80", false},
      {"\xBF", false},
      {"\xC0\x80", false},
      {"\xC1\xBF", false},
      {"\xC2", false},
      {"\xC2\x41", false},
      {"\xE0\x9F\xBF", false},
      {"\xE2\x82", false},
      {"\xED\xA0\x80", false},
      {"\xED\xBF\xBF", false},
      {"\xF0\x8F\xBF\xBF", false},
      {"\xF0\x9F\x98", false},
      {"\xF4\x90\x80\x80", false},
      {"\xF5\x80\x80\x80", false},
      {"\xFE", false},
      {"\xFF", false},
      {"good\xE2\x28\xA1", false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(is_utf8(row.text), row.valid) << row.text;
  }
}

TEST(Length, counts_code_points)
{
  EXPECT_EQ(length(""), 0U);
  EXPECT_EQ(length("ab"), 2U);
  EXPECT_EQ(length("\u00E4\u20AC\U0001F600"), 3U);
}

TEST(Cut, ends_between_code_points)
{
  struct Row {
    std::string_view text;
    std::size_t bytes_max;
    std::string_view expected;
  };
  const Row rows[] = {
      {"", 5, ""},
      {"abc", 0, ""},
      {"abc", 2, "ab"},
      {"abc", 3, "abc"},
      {"a\u00E4", 2, "a"},
      {"a\u00E4", 3, "a\u00E4"},
      {"\U0001F600", 3, ""},
      {"a\xFF\x62", 9, "a?b"},
      {"\xE2\x82", 9, "??"},
      {"\xED\xA0\x80", 2, "??"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(cut(row.text, row.bytes_max), row.expected) << row.text;
  }
}

TEST(Nfc, composes)
{
  EXPECT_EQ(nfc("plain"), "plain");
  EXPECT_EQ(nfc("e\u0301"), "\u00E9");
  EXPECT_EQ(nfc("\uFB01"), "\uFB01");  // the ligature stays
  EXPECT_EQ(nfc("\u1100\u1161"), "\uAC00");
}

TEST(Folded, knows_no_case_width_or_composition)
{
  struct Row {
    std::string_view text;
    std::string_view expected;
  };
  const Row rows[] = {
      {"", ""},
      {"Ada LOVELACE", "ada lovelace"},
      {"\u00C4", "\u00E4"},
      {"A\u0308", "\u00E4"},
      {"\uFF21", "a"},
      {"\u212A", "k"},
      {"Stra\u00DFe", "strasse"},
      {"\u03A3\u03C2", "\u03C3\u03C3"},
      {"a\u200Bb", "ab"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(folded(row.text), row.expected) << row.text;
  }
}

TEST(Line, may_hold_what_people_are_called)
{
  const std::string_view lines[] = {
      "Ada",
      "O'Neil-Smith Jr.",
      "Jos\u00E9",
      "\u738B\u5C0F\u660E",
      "<b>Ada</b>",
      "'; DROP TABLE--",
      "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645",  // Persian with ZWNJ
      "\u0D28\u0D4D\u200D\u0D28",                          // Malayalam with ZWJ
      "\U0001F469\u200D\U0001F469\u200D\U0001F467",        // a family
      "\u2764\uFE0F",
      "\u845B\U000E0100\u57CE",  // variation selectors
      " Ada ",
      "12 St James's Square",
  };
  for (const std::string_view line : lines) {
    EXPECT_EQ(problem_with_line(line), "") << line;
  }
}

TEST(Line, may_not_hold_what_cannot_be_seen)
{
  const std::string_view lines[] = {
      "",
      " ",
      "\u00A0",
      "\u3000 ",
      "\u2800",
      "\u2800 \u2800",
      "a\nb",
      "a\rb",
      "a\tb",
      std::string_view{"a\0b", 3},
      "a\x1b[31m",
      "a\x7f",
      "a\xC2\x85",
      "a\u2028b",
      "a\u2029",
      "a\u200Bb",
      "a\u200Cb",
      "a\u200Db",
      "\u200D",
      "a\u200E",
      "\u202Eada",
      "\u2066ada",
      "a\u00ADb",
      "\uFEFFada",
      "a\u2060b",
      "\u3164",
      "\uFFA0",
      "a\u034Fb",
      "\uFE0F",
      " \uFE0F",
      "a\U000E0061",
      "a\uFFFE",
      "a\U0010FFFF",
      "a\xFF",
      "\u0645\u200C",
  };
  for (const std::string_view line : lines) {
    EXPECT_NE(problem_with_line(line), "") << line;
  }
}

}  // namespace
}  // namespace usher::text
