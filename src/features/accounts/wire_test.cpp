#include "features/accounts/wire.hpp"

#include <gmock/gmock.h>

namespace usher::accounts {
namespace {

using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

Account ada()
{
  return {
      .user =
          {.id = users::UserId{7},
           .name = "Ada \"the\" Lovelace",
           .email = "Ada@example.org",
           .age = 36,
           .role = users::Role::admin,
           .created = from_epoch(0),
           .updated = from_epoch(1)},
      .addresses =
          {{.id = addresses::AddressId{12},
            .user = users::UserId{7},
            .address_line_1 = "a",
            .city = "b",
            .state = "KA",
            .country = "IN",
            .pin = 560'001}}
  };
}

std::vector<FieldError> wrong_in(std::string_view body, const json::Shape<UserInput>& shape)
{
  auto read = json::draft(body, shape);
  EXPECT_TRUE(read);
  return read ? std::move(read->wrong) : std::vector<FieldError>{};
}

TEST(AccountWire, a_user_is_written_with_addresses)
{
  EXPECT_EQ(
      to_json(ada()),
      R"({"id":7,"name":"Ada \"the\" Lovelace","email":"Ada@example.org","age":36,"role":"ADMIN",)"
      R"("disabled":false,"created_at":"1970-01-01T00:00:00Z","updated_at":"1970-01-01T00:00:01Z","addresses":[)"
      R"({"id":12,"user_id":7,"label":null,"address_line_1":"a","address_line_2":null,"city":"b","state":"KA",)"
      R"("country":"IN","pin":560001,"created_at":"1970-01-01T00:00:00Z","updated_at":"1970-01-01T00:00:00Z"}]})"
  );
}

TEST(AccountWire, the_last_page_has_a_next_cursor_of_null)
{
  EXPECT_EQ(json::text_of(UserList{}, user_list_shape), R"({"users":[],"next_cursor":null})");
}

TEST(AccountWire, a_registration_may_not_set_what_the_server_sets)
{
  const auto wrong = wrong_in(
      R"({"name":"A","email":"a@b.org","age":36,"password":"x","role":"ADMIN","id":1,"verified":true,)"
      R"("created_at":"2026-11-24T21:13:00Z","addresses":[{"user_id":1}],"password_hash":"$","__proto__":{}})",
      registration_shape
  );
  EXPECT_THAT(
      wrong,
      UnorderedElementsAre(
          Field(&FieldError::field, "role"),
          Field(&FieldError::field, "id"),
          Field(&FieldError::field, "verified"),
          Field(&FieldError::field, "created_at"),
          Field(&FieldError::field, "addresses"),
          Field(&FieldError::field, "password_hash"),
          Field(&FieldError::field, "__proto__")
      )
  );
}

TEST(AccountWire, a_registration_needs_everything)
{
  EXPECT_THAT(
      wrong_in("{}", registration_shape),
      UnorderedElementsAre(
          Field(&FieldError::field, "name"),
          Field(&FieldError::field, "email"),
          Field(&FieldError::field, "age"),
          Field(&FieldError::field, "password")
      )
  );
}

TEST(AccountWire, a_put_needs_the_profile_and_a_patch_nothing)
{
  EXPECT_THAT(
      wrong_in("{}", user_body_shape),
      UnorderedElementsAre(
          Field(&FieldError::field, "name"),
          Field(&FieldError::field, "email"),
          Field(&FieldError::field, "age")
      )
  );
  EXPECT_THAT(wrong_in("{}", user_patch_shape), ::testing::IsEmpty());
}

TEST(AccountWire, a_patch_removes_nothing)
{
  EXPECT_THAT(
      wrong_in(R"({"name":null,"password":null})", user_patch_shape),
      UnorderedElementsAre(Field(&FieldError::field, "name"), Field(&FieldError::field, "password"))
  );
}

TEST(AccountWire, an_email_is_one_string_with_one_address)
{
  for (const char* email :
       {R"(["a@b.org"])",
        R"({"$ne":""})",
        "7",
        "true",
        R"("a@b.org,c@d.org")",
        R"("a@b.org\r\nBcc: c@d.org")",
        R"("a@b@c.org")",
        R"("a＠b.org")",
        R"("")"}) {
    const std::string body = std::string{R"({"email":)"} + email + "}";
    EXPECT_THAT(wrong_in(body, user_patch_shape), ::testing::SizeIs(1)) << email;
  }
}

TEST(AccountWire, an_age_is_a_whole_number_of_16_to_100)
{
  for (const char* age : {"15", "101", "16.0", "1.6e1", "\"33\"", "true", "9223372036854775808", "-0.5"}) {
    const std::string body = std::string{R"({"age":)"} + age + "}";
    EXPECT_THAT(wrong_in(body, user_patch_shape), ::testing::SizeIs(1)) << age;
  }
  for (const char* age : {"16", "100"}) {
    const std::string body = std::string{R"({"age":)"} + age + "}";
    EXPECT_THAT(wrong_in(body, user_patch_shape), ::testing::IsEmpty()) << age;
  }
}

TEST(AccountWire, no_shape_shows_a_password)
{
  json::Writer out;
  json::write_schema(out, user_shape);
  EXPECT_THAT(out.text(), Not(HasSubstr("password")));
  EXPECT_THAT(out.text(), HasSubstr("addresses"));
}

}  // namespace
}  // namespace usher::accounts
