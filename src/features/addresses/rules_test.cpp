#include "features/addresses/rules.hpp"

#include "features/addresses/iso_3166.hpp"

#include <gmock/gmock.h>

namespace usher::addresses {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

Address good()
{
  return {
      .address_line_1 = "12 MG Road", .city = "Bengaluru", .state = "KA", .country = "IN", .pin = 560'001
  };
}

TEST(AddressRules, a_good_address_has_no_problems)
{
  EXPECT_THAT(problems_with(good()), IsEmpty());
}

TEST(AddressRules, every_wrong_field_is_named_at_once)
{
  const Address wrong{
      .label = "",
      .address_line_1 = "",
      .address_line_2 = "\n",
      .city = " ",
      .state = "XX",
      .country = "IN",
      .pin = 1
  };
  EXPECT_THAT(
      problems_with(wrong),
      ElementsAre(
          Field(&FieldError::field, "label"),
          Field(&FieldError::field, "address_line_1"),
          Field(&FieldError::field, "address_line_2"),
          Field(&FieldError::field, "city"),
          Field(&FieldError::field, "state"),
          Field(&FieldError::field, "pin")
      )
  );
}

TEST(AddressRules, of_an_unknown_country_only_the_country_is_wrong)
{
  Address address = good();
  address.country = "XX";
  address.pin = -1;
  EXPECT_THAT(problems_with(address), ElementsAre(Field(&FieldError::field, "country")));
}

TEST(AddressRules, the_states_of_india_are_isos_and_those_in_wide_use)
{
  for (const std::string_view state :
       {"KA", "TG", "OD", "WB", "DL", "TN", "KL", "MH", "GJ", "RJ", "MP", "AS", "UP", "BH", "OR", "BR"}) {
    EXPECT_THAT(problem_with_state("IN", state), IsEmpty()) << state;
  }
}

TEST(AddressRules, a_state_is_one_of_its_country)
{
  struct Case {
    std::string_view country;
    std::string_view state;
    bool good;
    std::string_view why;
  };
  constexpr Case cases[]{
      {"US", "CA", true, "California"},
      {"US", "KA", false, "of another country"},
      {"GB", "ENG", true, "three letters"},
      {"AT", "9", true, "a digit"},
      {"IN", "ka", false, "codes are in capitals"},
      {"IN", "K", false, "the beginning of one"},
      {"IN", "KA KL", false, "two of them"},
      {"IN", " KA", false, "white space"},
      {"IN", "", false, "none"},
      {"HK", "Kowloon", true, "ISO 3166-2 does not divide Hong Kong: any text"},
      {"HK", "", false, "but not none"},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(problem_with_state(each.country, each.state).empty(), each.good)
        << each.country << '-' << each.state << ": " << each.why;
  }
}

TEST(AddressRules, a_pin_has_six_digits_in_india_and_up_to_ten_elsewhere)
{
  struct Case {
    std::string_view country;
    std::int64_t pin;
    bool good;
  };
  constexpr Case cases[]{
      {"IN", 99'999, false},
      {"IN", 100'000, true},
      {"IN", 999'999, true},
      {"IN", 1'000'000, false},
      {"US", -1, false},
      {"US", 0, true},
      {"US", 9'999'999'999, true},
      {"US", 10'000'000'000, false},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(problem_with_pin(each.country, each.pin).empty(), each.good) << each.country << ' ' << each.pin;
  }
}

TEST(Iso3166, knows_the_first_and_the_last_country_and_nothing_else)
{
  for (const std::string_view code : {"AD", "IN", "ZW"}) {
    EXPECT_TRUE(is_country(code)) << code;
  }
  for (const std::string_view code : {"", "A", "in", "AA", "ZZ", "IND", "I\n"}) {
    EXPECT_FALSE(is_country(code)) << code;
  }
}

}  // namespace
}  // namespace usher::addresses
