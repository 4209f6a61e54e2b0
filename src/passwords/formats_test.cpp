#include "passwords/formats.hpp"

#include "crypto/random.hpp"
#include "passwords/crypt.hpp"

#include <gtest/gtest.h>

namespace usher::passwords {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view ferry = "Grüße vom Fährmann";

bool right(std::string_view password, const std::string& stored)
{
  crypto::start();
  const auto format = format_of(stored, {});
  return format && matches(*format, password, stored);
}

struct Foreign {
  const char* made_by;
  const char* stored;
};

/// `ferry`, hashed by the software itself, or by what it calls.
constexpr std::array foreign{std::to_array<Foreign>({
    {"Werkzeug pbkdf2:sha256",
     "pbkdf2:sha256:1000$LVSEoUPFAoGB93Tq$154592735adc8684391be66c52ef0694fc38e518b9ea25ea3a"
     "42c5bc3455f684"},
    {"Werkzeug pbkdf2:sha512",
     "pbkdf2:sha512:1000$RUhGT4DVdavDVCn0$df4b64c019d397c2e11cef416bb051e66cb526d71ee85849b0"
     "378af650636a88a480c6849dd333a42a59b5cedcf9a21b16d72a2e90efb271b98a9906c6fad3ed"},
    {"Werkzeug scrypt",
     "scrypt:1024:8:1$m8nEygZjuuKaBxG7$7543772d00c586811027d52630c28b119708fec7ca9b221111e46a1d7f2c"
     "b21fd0fd148d563d7574ae0634a4aa23fc18ad89a437ecef4b2463e57a4e4ea0d531"},
    {"Werkzeug scrypt at its default cost",
     "scrypt:32768:8:1$ZbR8gyUxkbqfXUmG$"
     "3219ac086d5d879497e413fa2e17df8f3315f1561e1d205ce5eebea88540f841d2b69cbaf4b2b2"
     "f6bd26e2f7537a7dceff98f8499f79a10827d547ff5e038959"},
    {"Django", "pbkdf2_sha256$1000$1yRW9jjKbGGuYBbTSVHcjd$9NlT5/R8+NNxlpqvDHRreftaif35a+TvFWZxrdiS1Bo="},
    {"SHA-512-crypt",
     "$6$rounds=1000$saltstring$w2h5uqLBhzWOA4gpMRMpdRcAnTzpQiM73tn9L7hpXUSNLcQ/"
     "T0oeqEnaWIEmJz0JUQVbldvZAQM1iuXIGjKiR/"},
    {"SHA-512-crypt, default rounds",
     "$6$saltstring$KHO45s2BihxplibrM8TFO7Lp95HjYqFHqriLIACbhUj5LFXd9KuOtcRduM6lgant."
     "dJ16u8V.hyvvj7QV9XIt1"},
    {"SHA-256-crypt", "$5$rounds=1000$saltstring$o8qLSnR7SuQv5vkEdjVts/0ugGJTZZhfmLuyNiWwpQ0"},
    {"SHA-256-crypt, default rounds", "$5$saltstring$Db42O10YNZv01oczyYnzPerrKjHhahKHb2oIVVUQia3"},
    {"bcrypt", "$2b$04$abcdefghijklmnopqrstuuEYirCCtBUwVpIrWJ5SqBIsa2SstD9vy"},
    {"bcrypt of old", "$2a$04$abcdefghijklmnopqrstuuEYirCCtBUwVpIrWJ5SqBIsa2SstD9vy"},
    {"bcrypt of PHP", "$2y$04$abcdefghijklmnopqrstuuEYirCCtBUwVpIrWJ5SqBIsa2SstD9vy"},
    {"bcrypt of Django", "bcrypt$$2b$04$abcdefghijklmnopqrstuuEYirCCtBUwVpIrWJ5SqBIsa2SstD9vy"},
    {"yescrypt", "$y$j75$saltsaltsalt$C4g6HRLbHTYZBWyqo2KDstH//P4xlBHmtFwF.hEV1.6"},
    {"yescrypt at Debian's cost", "$y$j9T$saltsaltsalt$Ziu1Ka6ocL.r66q3g9pjY9e5b50UhZDzifM0/XxYTg2"},
    {"scrypt of crypt(3)", "$7$8/..../....saltsalt$wZyr9mj2KK3IqHzjnfZv3i.SCtAL4J/FNcSCdrwAyLC"},
})};

TEST(Formats, verify_what_other_systems_hashed)
{
  for (const Foreign& row : foreign) {
    EXPECT_TRUE(known_format(row.stored)) << row.made_by;
    EXPECT_TRUE(right(ferry, row.stored)) << row.made_by;
    EXPECT_FALSE(right("Grüße vom Fährmann!", row.stored)) << row.made_by;
    EXPECT_FALSE(right("", row.stored)) << row.made_by;
  }
}

TEST(Formats, refuse_a_hash_that_lacks_or_has_one_character_too_much)
{
  for (const Foreign& row : foreign) {
    const std::string stored{row.stored};
    EXPECT_FALSE(known_format(stored.substr(0, stored.size() - 1))) << row.made_by;
    EXPECT_FALSE(right(ferry, stored + stored.back())) << row.made_by;
    EXPECT_FALSE(known_format(stored + "\n")) << row.made_by;
    EXPECT_FALSE(known_format(" " + stored)) << row.made_by;
  }
}

TEST(Formats, verify_argon2_of_other_parameters)
{
  // P-H-C's reference implementation, with "password".
  for (const auto* stored : {
           "$argon2i$v=19$m=256,t=2,p=2$c29tZXNhbHQ$T/XOJ2mh1/TIpJHfCdQan76Q5esCFVoT5MAeIM1Oq2E",
           "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
           "argon2$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
       }) {
    EXPECT_TRUE(right("password", stored)) << stored;
    EXPECT_FALSE(right("Password", stored)) << stored;
  }
}

TEST(Formats, know_nothing_else)
{
  const auto refused = std::to_array<Foreign>({
      {"nothing", ""},
      {"plain text", "password"},
      {"locked", "*"},
      {"locked", "!"},
      {"a failure token", "*0"},
      {"DES", "ab1PXc3hT5Zlc"},
      {"MD5-crypt", "$1$saltstri$YMyguxXMBpd2TEZ.vS/3q1"},
      {"hex of SHA-256", "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"},
      {"Django's SHA-1", "pbkdf2_sha1$1000$salt$9NlT5/R8+NNxlpqvDHRreftaif0="},
      {"Werkzeug's SHA-1", "pbkdf2:sha1:1000$salt$154592735adc8684391be66c52ef0694fc38e518"},
      {"Werkzeug's MD5", "md5$salt$5f4dcc3b5aa765d61d8327deb882cf99"},
      {"no iterations",
       "pbkdf2:sha256:0$salt$154592735adc8684391be66c52ef0694fc38e518b9ea25ea3a42c5bc3455f684"},
      {"negative iterations",
       "pbkdf2:sha256:-1$salt$154592735adc8684391be66c52ef0694fc38e518b9ea25ea3a42c5bc3455f684"},
      {"endless iterations",
       "pbkdf2:sha256:99999999999$salt$154592735adc8684391be66c52ef0694fc38e518b9ea25ea3a42c5bc3455f684"},
      {"a number too large",
       "pbkdf2:sha256:99999999999999999999$salt$"
       "154592735adc8684391be66c52ef0694fc38e518b9ea25ea3a42c5bc3455f684"},
      {"no salt", "pbkdf2:sha256:1000$$154592735adc8684391be66c52ef0694fc38e518b9ea25ea3a42c5bc3455f684"},
      {"a hash of one byte", "pbkdf2:sha256:1000$salt$15"},
      {"a hash of nothing", "pbkdf2_sha256$1000$salt$"},
      {"base64 of the URL", "pbkdf2_sha256$1000$salt$9NlT5_R8-NNxlpqvDHRreftaif35a-TvFWZxrdiS1Bo="},
      {"scrypt, N no power of two", "scrypt:1000:8:1$salt$154592735adc8684391be66c52ef0694fc38e518b9ea25ea"},
      {"scrypt, N of 1", "scrypt:1:8:1$salt$154592735adc8684391be66c52ef0694fc38e518b9ea25ea"},
      {"scrypt of 1 GiB", "scrypt:1048576:8:1$salt$154592735adc8684391be66c52ef0694fc38e518b9ea25ea"},
      {"scrypt, no r", "scrypt:1024:0:1$salt$154592735adc8684391be66c52ef0694fc38e518b9ea25ea"},
      {"scrypt, p of 1000", "scrypt:1024:8:1000$salt$154592735adc8684391be66c52ef0694fc38e518b9ea25ea"},
      {"bcrypt's known bug", "$2x$04$abcdefghijklmnopqrstuu50txCESwA9rDzKejzHIUlxUyAdMV4E."},
      {"bcrypt, cost 3", "$2b$03$abcdefghijklmnopqrstuuEYirCCtBUwVpIrWJ5SqBIsa2SstD9vy"},
      {"bcrypt, cost 31", "$2b$31$abcdefghijklmnopqrstuuEYirCCtBUwVpIrWJ5SqBIsa2SstD9vy"},
      {"bcrypt, only its setting", "$2b$04$abcdefghijklmnopqrstuu"},
      {"SHA-crypt, a hundred million rounds",
       "$5$rounds=100000000$saltstring$o8qLSnR7SuQv5vkEdjVts/0ugGJTZZhfmLuyNiWwpQ0"},
      {"SHA-crypt, rounds that crypt(3) would raise",
       "$5$rounds=10$saltstring$o8qLSnR7SuQv5vkEdjVts/0ugGJTZZhfmLuyNiWwpQ0"},
      {"yescrypt of 1 GiB", "$y$jFT$saltsaltsalt$Ziu1Ka6ocL.r66q3g9pjY9e5b50UhZDzifM0/XxYTg2"},
      {"yescrypt with more parameters", "$y$j9T..$saltsaltsalt$Ziu1Ka6ocL.r66q3g9pjY9e5b50UhZDzifM0/XxYTg2"},
      {"scrypt of crypt(3), 16 GiB", "$7$KU..../....saltsalt$wZyr9mj2KK3IqHzjnfZv3i.SCtAL4J/FNcSCdrwAyLC"},
      {"Argon2d", "$argon2d$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"},
      {"Argon2 of version 0x10",
       "$argon2i$m=256,t=2,p=2$c29tZXNhbHQ$tsEVYKap1h6scGt5ovl9aLRGOqOth+AMB+KwHpDFZPs"},
      {"Argon2id of 1 GiB",
       "$argon2id$v=19$m=1048576,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"},
      {"Argon2id, a million passes",
       "$argon2id$v=19$m=256,t=1000000,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"},
      {"Argon2id, no lanes",
       "$argon2id$v=19$m=256,t=2,p=0$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"},
      {"Argon2id, no hash", "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$"},
      {"Argon2id, its memory no number",
       "$argon2id$v=19$m=256x,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"},
  });
  for (const Foreign& row : refused) {
    EXPECT_FALSE(known_format(row.stored)) << row.made_by;
  }
  EXPECT_FALSE(known_format("$2b$04$abcdefghijklmnopqrstuuEYirCCtBUwVpIrWJ5SqBIsa2SstD9v\0"sv));
  EXPECT_FALSE(known_format(
      "pbkdf2_sha256$1000$" + std::string(600, 's') + "$9NlT5/R8+NNxlpqvDHRreftaif35a+TvFWZxrdiS1Bo="
  ));
}

TEST(Formats, allow_hashes_of_ours_that_are_dear_because_we_were_told_so)
{
  const std::string stored =
      "$argon2id$v=19$m=1048576,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
  EXPECT_TRUE(format_of(stored, {.memory_kib = 1048576, .passes = 2}));
  EXPECT_FALSE(format_of(stored, {.memory_kib = 1048576, .passes = 1}));
}

TEST(Formats, of_crypt_do_not_take_a_password_for_ended_at_a_zero_byte)
{
  EXPECT_FALSE(crypt_takes("abc\0def"sv));
  EXPECT_FALSE(crypt_takes(std::string(512, 'a')));
  EXPECT_TRUE(crypt_takes(std::string(511, 'a')));
}

}  // namespace
}  // namespace usher::passwords
