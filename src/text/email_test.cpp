#include "text/email.hpp"

#include <gtest/gtest.h>

namespace usher::text {
namespace {

struct Row {
  std::string_view email;
  std::string_view key;  ///< empty: refused
};

void expect_keys(std::initializer_list<Row> rows)
{
  for (const Row& row : rows) {
    const auto key = email_key(row.email);
    EXPECT_EQ(key.value_or(""), row.key) << row.email;
    EXPECT_EQ(problem_with_email(row.email).empty(), !row.key.empty()) << row.email;
    if (key) {
      EXPECT_EQ(email_key(*key), key) << "a key is its own key: " << *key;
    }
  }
}

TEST(EmailKey, takes_ordinary_addresses_in_lower_case)
{
  expect_keys({
      {"ada@example.com", "ada@example.com"},
      {"Ada.Lovelace@Example.COM", "ada.lovelace@example.com"},
      {"ada+tag@example.com", "ada+tag@example.com"},
      {"a.d.a@example.com", "a.d.a@example.com"},
      {"!#$%&'*+-/=?^_`{|}~@example.com", "!#$%&'*+-/=?^_`{|}~@example.com"},
      {"1@2.example", "1@2.example"},
      {"ada@a.b.c.d.example", "ada@a.b.c.d.example"},
      {"ada@example.com.", "ada@example.com"},
      {"ada@ex--ample.com", "ada@ex--ample.com"},
      {"ada@r3---sn.example", "ada@r3---sn.example"},
      {"ada@1and1.example", "ada@1and1.example"},
      {"0123456789012345678901234567890123456789012345678901234567890123@x.example",
       "0123456789012345678901234567890123456789012345678901234567890123@x.example"},
  });
}

TEST(EmailKey, refuses_what_is_not_one_address)
{
  expect_keys({
      {"", ""},
      {"@", ""},
      {"ada", ""},
      {"ada@", ""},
      {"@example.com", ""},
      {"ada@@example.com", ""},
      {"ada@b@example.com", ""},
      {"a@x.com,b@y.com", ""},
      {"a@x.com;b@y.com", ""},
      {"a@x.com b@y.com", ""},
      {" ada@example.com", ""},
      {"ada@example.com ", ""},
      {"ada @example.com", ""},
      {"ada@ example.com", ""},
      {"ada@example.com\r\nBcc: eve@evil.example", ""},
      {"ada\n@example.com", ""},
      {"ada\t@example.com", ""},
      {std::string_view{"ada\0@example.com", 16}, ""},
      {std::string_view{"ada@example.com\0", 16}, ""},
      {".ada@example.com", ""},
      {"ada.@example.com", ""},
      {"a..da@example.com", ""},
      {"\"ada\"@example.com", ""},
      {"\"a@b\"@example.com", ""},
      {"ada(comment)@example.com", ""},
      {"Ada <ada@example.com>", ""},
      {"<ada@example.com>", ""},
      {"ada@localhost", ""},
      {"ada@com.", ""},
      {"ada@example..com", ""},
      {"ada@.example.com", ""},
      {"ada@example.com..", ""},
      {"ada@-example.com", ""},
      {"ada@example-.com", ""},
      {"ada@exa_mple.com", ""},
      {"ada@exam/ple.com", ""},
      {"ada@exam%70le.com", ""},
      {"ada@[127.0.0.1]", ""},
      {"ada@127.0.0.1", ""},
      {"ada@example.123", ""},
      {"ada@example.com:25", ""},
      {"01234567890123456789012345678901234567890123456789012345678901234@x.example", ""},
      {"a@0123456789012345678901234567890123456789012345678901234567890123.example", ""},
      {"\xFF@example.com", ""},
      {"ada\xC0\x80@example.com", ""},
      {"ada\xED\xA0\x80@example.com", ""},
      {"ada@\xFF.example", ""},
  });
}

TEST(EmailKey, is_the_same_for_spellings_that_may_be_taken_for_one_another)
{
  expect_keys({
      {"\u212Aelvin@example.com", "kelvin@example.com"},      // U+212A KELVIN SIGN
      {"mi\u017Fs@example.com", "miss@example.com"},          // U+017F LONG S
      {"m\u0131ke@example.com", "mike@example.com"},          // U+0131 DOTLESS I
      {"M\u0130KE@example.com", "mike@example.com"},          // U+0130 I WITH DOT ABOVE
      {"mi\u0307ke@example.com", "mike@example.com"},         // i, U+0307
      {"m\u0131\u0307ke@example.com", "mike@example.com"},    // dotless i, U+0307
      {"\uFF41\uFF24\uFF41@example.com", "ada@example.com"},  // fullwidth letters
      {"\uFB01ona@example.com", "fiona@example.com"},         // U+FB01 LIGATURE FI
      {"Jos\u00C9@example.com", "jos\u00E9@example.com"},
      {"jose\u0301@example.com", "jos\u00E9@example.com"},  // e, U+0301
      {"\u03A3\u03A3@example.com", "\u03C3\u03C3@example.com"},
      {"\u03C3\u03C2@example.com", "\u03C3\u03C3@example.com"},  // final sigma
      {"stra\u00DFe@example.com", "strasse@example.com"},
      {"STRA\u1E9EE@example.com", "strasse@example.com"},  // U+1E9E CAPITAL SHARP S
      {"\u00E5@example.com", "\u00E5@example.com"},
      {"\u212B@example.com", "\u00E5@example.com"},  // U+212B ANGSTROM SIGN
      {"\u0E22\u0E39@example.com", "\u0E22\u0E39@example.com"},
      {"\u7528\u6237@example.com", "\u7528\u6237@example.com"},
  });
}

TEST(EmailKey, gives_a_domain_one_spelling)
{
  expect_keys({
      {"a@fa\u00DF.de", "a@xn--fa-hia.de"},
      {"a@xn--fa-hia.de", "a@xn--fa-hia.de"},
      {"a@XN--FA-HIA.de", "a@xn--fa-hia.de"},
      {"a@B\u00DCCHER.example", "a@xn--bcher-kva.example"},
      {"a@bu\u0308cher.example", "a@xn--bcher-kva.example"},
      {"a@example\u3002com", "a@example.com"},  // U+3002
      {"a@example\uFF0Ecom", "a@example.com"},  // U+FF0E
      {"a@example\uFF61com", "a@example.com"},  // U+FF61
      {"a@example.com\u3002", "a@example.com"},
      {"a@\uFF45xample.com", "a@example.com"},   // fullwidth e
      {"a@ex\u00ADample.com", "a@example.com"},  // soft hyphen
      {"a@ex\u200Bample.com", "a@example.com"},  // zero width space
      {"a@\u212A.example", "a@k.example"},
      {"a@\u4F8B\u3048.\u30C6\u30B9\u30C8", "a@xn--r8jz45g.xn--zckzah"},
  });
}

TEST(EmailKey, refuses_tricks)
{
  expect_keys({
      {"ada\uFF20example.com", ""},               // only a fullwidth @
      {"ada\uFF20evil.example@example.com", ""},  // U+FF20 within the local part
      {"ada@evil.example\uFF20example.com", ""},
      {"ada\uFE6Bx@example.com", ""},   // U+FE6B SMALL COMMERCIAL AT
      {"a\uFF0Eb@example.com", ""},     // a fullwidth dot in the local part
      {"a\u2024b@example.com", ""},     // U+2024 ONE DOT LEADER
      {"a\u2026b@example.com", ""},     // U+2026 ELLIPSIS
      {"a\uFF0Cb@example.com", ""},     // U+FF0C FULLWIDTH COMMA
      {"a\u2474@example.com", ""},      // U+2474 (1)
      {"a\u200Bb@example.com", ""},     // zero width space
      {"a\u200Db@example.com", ""},     // zero width joiner
      {"a\uFEFFb@example.com", ""},     // BOM
      {"\u202Eada@example.com", ""},    // right-to-left override
      {"a\u00A0b@example.com", ""},     // no-break space
      {"a\u3000b@example.com", ""},     // ideographic space
      {"a\xC2\x85@example.com", ""},    // NEL
      {"a\u2028@example.com", ""},      // line separator
      {"a\uE000@example.com", ""},      // private use
      {"a\U000FFFFF@example.com", ""},  // noncharacter
      {"a\u3164@example.com", ""},      // Hangul filler
      {"a\u034F@example.com", ""},      // combining grapheme joiner
      {"a@xn--a.example", ""},          // not punycode
      {"a@xn--example-.com", ""},       // punycode of plain ASCII
      {"a@xn--.example", ""},
      {"a@FA\u1E9E.DE", ""},        // U+1E9E CAPITAL SHARP S: which domain depends on the version of Unicode
      {"a@\u05D0b1.example", ""},   // bidi rule
      {"a@a\u200D.example", ""},    // joiner without a virama
      {"a@exam\uFF0Fple.com", ""},  // fullwidth solidus
      {"a@\u2100.example", ""},     // a/c
      {"a@\u3002com", ""},
  });
}

TEST(EmailKey, is_refused_at_any_length_over_254)
{
  const std::string domain = std::string(60, 'a') + '.' + std::string(60, 'b') + '.' + std::string(60, 'c');
  EXPECT_TRUE(email_key(std::string(64, 'x') + '@' + domain + ".de"));
  EXPECT_FALSE(email_key(std::string(64, 'x') + '@' + domain + ".deeeeee"));
  EXPECT_FALSE(email_key(std::string(1'000'000, 'x') + "@example.com"));
}

}  // namespace
}  // namespace usher::text
