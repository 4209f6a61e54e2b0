#include "features/addresses/wire.hpp"

#include <gmock/gmock.h>

namespace usher::addresses {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;

TEST(AddressWire, an_address_is_written_with_null_for_what_it_lacks)
{
  const Address address{
      .id = AddressId{12},
      .user = users::UserId{7},
      .address_line_1 = "12 MG Road",
      .city = "Bengaluru",
      .state = "KA",
      .country = "IN",
      .pin = 560'001,
      .created = from_epoch(0),
      .updated = from_epoch(1)
  };
  EXPECT_EQ(
      to_json(address),
      R"({"id":12,"user_id":7,"label":null,"address_line_1":"12 MG Road","address_line_2":null,)"
      R"("city":"Bengaluru","state":"KA","country":"IN","pin":560001,"created_at":"1970-01-01T00:00:00Z",)"
      R"("updated_at":"1970-01-01T00:00:01Z"})"
  );
}

TEST(AddressWire, no_country_is_india)
{
  const auto address = address_from_json(R"({"address_line_1":"a","city":"b","state":"KA","pin":560001})");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->country, "IN");
  EXPECT_EQ(address->label, std::nullopt);
}

TEST(AddressWire, a_label_may_be_null)
{
  EXPECT_TRUE(address_from_json(R"({"label":null,"address_line_1":"a","city":"b","state":"KA","pin":560001})")
  );
}

TEST(AddressWire, what_is_wrong_alone_and_what_is_wrong_together_is_told_at_once)
{
  const auto address =
      address_from_json(R"({"address_line_1":"","city":7,"state":"CA","pin":560001,"user_id":1})");
  ASSERT_FALSE(address);
  EXPECT_EQ(address.error().code(), "fields_invalid");
  EXPECT_THAT(
      address.error().fields,
      ::testing::UnorderedElementsAre(
          Field(&FieldError::field, "address_line_1"),
          Field(&FieldError::field, "city"),
          Field(&FieldError::field, "state"),
          Field(&FieldError::field, "user_id")
      )
  );
}

TEST(AddressWire, a_pin_is_a_whole_number)
{
  for (const char* pin : {"\"560001\"", "560001.0", "5.6e5", "true", "null", "99999", "1e400"}) {
    const std::string body =
        std::string{R"({"address_line_1":"a","city":"b","state":"KA","pin":)"} + pin + "}";
    EXPECT_FALSE(address_from_json(body)) << pin;
  }
}

TEST(AddressWire, what_is_no_json_is_said_to_be_none)
{
  const auto address = address_from_json("{");
  ASSERT_FALSE(address);
  EXPECT_EQ(address.error().code(), "json_invalid");
}

TEST(AddressWire, a_patch_tells_left_out_from_null)
{
  const auto patch = patch_from_json(R"({"label":null,"city":"Mysuru"})");
  ASSERT_TRUE(patch);
  ASSERT_TRUE(patch->label);
  EXPECT_FALSE(*patch->label);
  EXPECT_FALSE(patch->address_line_2);
  EXPECT_EQ(patch->city, "Mysuru");
}

TEST(AddressWire, a_patch_cannot_remove_what_must_be_there)
{
  const auto patch = patch_from_json(R"({"city":null})");
  ASSERT_FALSE(patch);
  EXPECT_THAT(patch.error().fields, ElementsAre(Field(&FieldError::field, "city")));
}

}  // namespace
}  // namespace usher::addresses
