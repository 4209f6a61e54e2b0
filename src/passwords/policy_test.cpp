#include "passwords/policy.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace usher::passwords {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view too_easy = "is too easy to guess";
constexpr std::string_view own = "must not contain your name or e-mail address";
constexpr std::string_view length = "must be 8 to 256 characters";

std::string problem(std::string_view password, const Options& options = {})
{
  return problem_with(password, {"Maria Gonzales", "m.gonz_alez+news@mail.example"}, options);
}

std::string repeated(std::string_view text, int times)
{
  std::string all;
  for (int i = 0; i < times; ++i) {
    all += text;
  }
  return all;
}

TEST(Policy, takes_what_is_hard_to_guess_without_rules_of_composition)
{
  for (const auto* password :
       {"correct horse battery staple",
        "der apfel faellt nicht weit",
        "korrektepferdebatterie",
        "7351 9024 8816 2290",
        "        q w z k        ",
        "Tr0ub4dour&3x",
        "кошка на крыше",
        "跳ねる犬と猫の歌",
        "😀🚀🌍🎈🎉🎁🍕🏀"}) {
    EXPECT_EQ(problem(password), "") << password;
  }
}

TEST(Policy, refuses_what_is_guessed_first)
{
  for (const auto* password :
       {"password",  "password1",    "Password1!", "12345678", "1234567890", "qwertyuiop",
        "qwerty123", "iloveyou",     "sunshine",   "princess", "football",   "trustno1",
        "p4ssw0rd!", "aaaaaaaaaaaa", "abcdefgh",   "11111111", "        ",   "letmein1",
        "1q2w3e4r",  "usher123",     "usherusher", "drowssap", "19871987",   "passwordpassword"}) {
    EXPECT_EQ(problem(password), too_easy) << password;
  }
}

TEST(Policy, counts_characters_after_composition)
{
  EXPECT_EQ(problem("xk7qmz2"), length);
  EXPECT_EQ(problem("xk7qmz2p"), "");
  EXPECT_EQ(problem("кошкакр"), length) << "seven letters, fourteen bytes";
  EXPECT_EQ(problem(repeated("o\xCC\x88", 7)), length) << "seven of two code points each";
  EXPECT_EQ(problem("xk7qmz2p" + repeated("\xC3\xA4", 248)), "") << "256 characters";
  EXPECT_EQ(problem("xk7qmz2p" + repeated("a\xCC\x88", 248)), "");
  EXPECT_EQ(problem("xk7qmz2p" + repeated("\xC3\xA4", 249)), length);
  EXPECT_EQ(problem(std::string(1'000'000, 'x')), length);
  EXPECT_EQ(problem(""), length);
}

TEST(Policy, refuses_the_users_own_name_and_address)
{
  for (const auto* password :
       {"Maria likes tall ships",
        "xx-MARIA-7351-qz",
        "gonzales 7351 wxq",
        "m.gonz_alez+news 99",
        "xkcd gonz 7351 qq",
        "xkcd ALEZ 7351 qq",
        "M.GONZ_ALEZ+NEWS@MAIL.EXAMPLE",
        "xx ｍａｒｉａ 7351 qz"}) {
    EXPECT_EQ(problem(password), own) << password;
  }
  EXPECT_EQ(problem_with("the lord of seven rings", {"Li Wu", "li@mail.example"}, {}), "")
      << "what is shorter than four says nothing";
  EXPECT_EQ(problem_with("the lord of seven rings", {"", ""}, {}), "");
}

TEST(Policy, sees_what_lies_behind_a_zero_byte_and_is_not_fooled_by_one)
{
  EXPECT_EQ(problem("password\0"sv), too_easy);
  EXPECT_EQ(problem("p\0assword"sv), too_easy);
  EXPECT_EQ(problem("\0correct horse battery staple"sv), "");
}

TEST(Policy, refuses_what_is_no_text)
{
  EXPECT_EQ(problem("\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8\xf7"), "must be valid UTF-8");
}

TEST(Policy, can_be_switched_off)
{
  const Options off{.length_min = 1, .strength_min = 0};
  for (const auto* password : {"1", "password", "maria"}) {
    EXPECT_EQ(problem(password, off), "") << password;
  }
  EXPECT_EQ(problem("", off), "must be 1 to 256 characters");
}

TEST(Policy, can_be_stricter)
{
  EXPECT_EQ(problem("xk7qmz2p", {.strength_min = 4}), "");
  EXPECT_EQ(problem("summer lake", {.strength_min = 4}), too_easy);
  EXPECT_EQ(problem("summer lake", {.strength_min = 2}), "");
}

TEST(Policy, takes_little_time_even_for_the_worst)
{
  const auto begun = std::chrono::steady_clock::now();
  for (const auto* piece : {"a", "1l!|", "p@$$w0rd", "4@8({[6<9]3!1|0$5+7%2z"}) {
    (void)problem(repeated(piece, 1024).substr(0, 1024), {.length_max = 1024});
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{1});
}

}  // namespace
}  // namespace usher::passwords
