#include "base/secret.hpp"
#include "json/json.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdint>
#include <limits>

namespace usher::json {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Pet {
  std::string kind;
  std::optional<std::int64_t> legs{};
};

struct Person {
  std::string name;
  int age{};
  std::optional<std::string> city{};
  std::optional<std::optional<std::string>> label{};
  bool happy{};
  std::int64_t big{};
  std::optional<std::string> role{};
  std::optional<std::vector<std::string>> tags{};
  std::optional<std::vector<Pet>> pets{};
  std::optional<Pet> best{};
  std::optional<std::optional<std::int64_t>> count{};
  Instant created{};
};

std::string_view not_bob(std::string_view name)
{
  return name == "Bob" ? "must not be Bob" : "";
}

constexpr auto roles = std::to_array<std::string_view>({"ADMIN", "USER"});

constexpr std::array pet_fields{
    field<&Pet::kind>("kind", {.min = 1, .max = 5}, "Kind.", R"("cat")"),
    field<&Pet::legs>("legs", {.min = 0, .max = 8}, "Legs.", "4"),
};
const Shape<Pet> pet_shape{"Pet", pet_fields};

constexpr std::array person_fields{
    field<&Person::name>("name", {.min = 1, .max = 30, .check = not_bob}, "Name.", R"("Ada")"),
    field<&Person::age>("age", {.min = 16, .max = 100}, "Age.", "36"),
    field<&Person::city>("city", {.max = 5}, "City."),
    field<&Person::label>("label", {.min = 1, .max = 1}, "Label."),
    field<&Person::happy>("happy", {}, "Happy."),
    field<&Person::big>("big", {}, "Big."),
    field<&Person::role>("role", {.one_of = roles}, "Role."),
    field<&Person::tags>("tags", {.max = 2, .check = not_bob}, "Tags."),
    field<&Person::pets>("pets", {.min = 1, .max = 2}, "Pets.", "", pet_shape),
    field<&Person::best>("best", {}, "Best.", "", pet_shape),
    field<&Person::count>("count", {.min = 10}, "Count."),
    field<&Person::created>("created", {}, "Made.")
};
const Shape<Person> person_shape{"Person", person_fields};

constexpr std::string_view good_person = R"({"name":"Ada","age":36,"happy":true,"big":1})";

/// The good person with one member more, or another in place of the one it has.
std::string with(std::string_view member)
{
  std::string all{good_person};
  const std::string_view name = member.substr(0, member.find(':') + 1);
  if (const std::size_t begin = all.find(name); begin != std::string::npos) {
    const std::size_t end = std::min(all.find(',', begin), all.size() - 1);
    return all.replace(begin, end - begin, member);
  }
  all.pop_back();
  return all + "," + std::string{member} + "}";
}

std::string complaints(std::string_view body)
{
  const auto read = draft(body, person_shape);
  if (!read) {
    return std::string{read.error().code()};
  }
  std::string all;
  for (const FieldError& wrong : read->wrong) {
    all += (all.empty() ? "" : "; ") + wrong.field + " " + wrong.reason;
  }
  return all;
}

struct Row {
  std::string_view member;
  std::string_view complaint;
};

TEST(Reader, judges_each_member)
{
  const Row rows[] = {
      {R"("name":"Ada")", ""},
      {R"("name":"")", "name must be 1 to 30 characters"},
      {R"("name":"ääääääääääääääääääääääääääääää")", ""},  // 30 code points, 60 bytes
      {R"("name":"äääääääääääääääääääääääääääääää")", "name must be 1 to 30 characters"},
      {R"("name":"\ud83d\ude00")", ""},
      {R"("name":"Bob")", "name must not be Bob"},
      {R"("name":"a\u0000b")", "name must not hold the character U+0000"},
      {R"("name":1)", "name must be text"},
      {R"("name":null)", "name must not be null"},
      {R"("name":true)", "name must be text"},
      {R"("name":{"$ne":""})", "name must be text"},
      {R"("name":["Ada"])", "name must be text"},
      {R"("age":15)", "age must be 16 to 100"},
      {R"("age":16)", ""},
      {R"("age":100)", ""},
      {R"("age":101)", "age must be 16 to 100"},
      {R"("age":-0)", "age must be 16 to 100"},
      {R"("age":-16)", "age must be 16 to 100"},
      {R"("age":16.0)", "age must be a whole number"},
      {R"("age":16.5)", "age must be a whole number"},
      {R"("age":1.6e1)", "age must be a whole number"},
      {R"("age":16e0)", "age must be a whole number"},
      {R"("age":"33")", "age must be a whole number"},
      {R"("age":false)", "age must be a whole number"},
      {R"("age":4294967312)", "age must be 16 to 100"},  // 2^32 + 16: no wrapping around
      {R"("age":9223372036854775808)", "age must be a whole number"},
      {R"("age":18446744073709551632)", "age must be a whole number"},  // 2^64 + 16
      {R"("age":1e999)", "age must be a whole number"},
      {R"("age":-1e999)", "age must be a whole number"},
      {R"("big":9223372036854775807)", ""},
      {R"("big":-9223372036854775808)", ""},
      {R"("big":-9223372036854775809)", "big must be a whole number"},
      {R"("happy":0)", "happy must be true or false"},
      {R"("happy":"true")", "happy must be true or false"},
      {R"("city":null)", "city must not be null"},
      {R"("city":"")", ""},
      {R"("city":"Zürich")", "city must be at most 5 characters"},
      {R"("label":null)", ""},
      {R"("label":"ab")", "label must be exactly 1 character"},
      {R"("role":"ADMIN")", ""},
      {R"("role":"admin")", "role must be one of ADMIN, USER"},
      {R"("count":9)", "count must be at least 10"},
      {R"("count":null)", ""},
      {R"("tags":[])", ""},
      {R"("tags":["a","b"])", ""},
      {R"("tags":["a","b","c"])", "tags must have at most 2 entries"},
      {R"("tags":["a",1])", "tags[1] must be text"},
      {R"("tags":["Bob"])", "tags[0] must not be Bob"},
      {R"("tags":[["a"]])", "tags[0] must be text"},
      {R"("tags":[null])", "tags[0] must not be null"},
      {R"("tags":"a")", "tags must be a list"},
      {R"("pets":[{"kind":"cat"}])", ""},
      {R"("pets":[])", "pets must have 1 to 2 entries"},
      {R"("pets":[{"kind":"cat"},{"legs":9}])", "pets[1].legs must be 0 to 8; pets[1].kind is required"},
      {R"("pets":[{"kind":"cat","tail":1}])", "pets[0].tail is not known here"},
      {R"("pets":[{"kind":"cat","kind":"dog"}])", "pets[0].kind appears twice"},
      {R"("pets":["cat"])", "pets[0] must be an object"},
      {R"("pets":{"kind":"cat"})", "pets must be a list"},
      {R"("best":{"kind":"cat","legs":4})", ""},
      {R"("best":{"kind":"cat","legs":[]})", "best.legs must be a whole number"},
      {R"("best":[])", "best must be an object"},
      {R"("best":{})", "best.kind is required"},
      {R"("created":"2026-01-01T00:00:00Z")", "created is not known here"},
      {R"("__proto__":{"name":{"age":[1]}})", "__proto__ is not known here"},
      {R"("Name":"x")", "Name is not known here"},
      {R"("na\u006de ":"x")", "name  is not known here"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(complaints(with(row.member)), row.complaint) << row.member;
  }
}

TEST(Reader, refuses_what_is_not_one_json_object)
{
  const std::string_view bodies[] = {
      "",
      " ",
      "{",
      "}",
      "{}}",
      "{} {}",
      "{},",
      "[]",
      "[{}]",
      "null",
      "1",
      "true",
      R"("text")",
      "nul",
      R"({"name":"Ada"} x)",
      R"({"name":"Ada",})",
      R"({"name" "Ada"})",
      R"({name:"Ada"})",
      R"({'name':'Ada'})",
      R"({"name":"Ada"/**/})",
      "{\"name\":\"A\nB\"}",
      "{\"name\":\"\x01\"}",
      R"({"name":"\x41"})",
      R"({"age":016})",
      R"({"age":+16})",
      R"({"age":.5})",
      R"({"age":5.})",
      R"({"age":0x10})",
      R"({"age":NaN})",
      R"({"age":Infinity})",
      R"({"age":-})",
      R"({"name":"\ud800"})",
      R"({"name":"\udc00"})",
      R"({"name":"\ud800\u0041"})",
      R"({"\ud800":1})",
      "\xEF\xBB\xBF{}",
      "{\"name\":\"\xC0\x80\"}",
      "{\"name\":\"\xED\xA0\x80\"}",
      "{\"name\":\"\xF4\x90\x80\x80\"}",
      "{\"name\":\"\xFF\"}",
      "{\"name\":\"\xC3\"}",
      "{\"\xFF\":1}",
      std::string_view{"{\0}", 3},
      std::string_view{"{}\0", 3},
      std::string_view{"{\0\"\0", 4},
  };
  for (const std::string_view body : bodies) {
    EXPECT_EQ(complaints(body), "json_invalid") << body;
  }
}

TEST(Reader, says_where_the_text_goes_wrong)
{
  const auto read = draft(R"({"name":)", person_shape);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().detail, HasSubstr("byte 8"));
}

TEST(Reader, tells_of_every_wrong_field_at_once)
{
  EXPECT_EQ(
      complaints(R"({"age":"x","city":{"a":[1,{"b":2}]},"nope":[[[]]],"age":3,"age":4,"big":true})"),
      "age must be a whole number; city must be text; nope is not known here; age appears twice; "
      "big must be a whole number; name is required; happy is required"
  );
}

TEST(Reader, tells_of_64_wrong_fields_at_most_and_refuses_all_the_same)
{
  std::string body = "{";
  for (int i = 0; i < 5000; ++i) {
    body += "\"x" + std::to_string(i) + "\":1,";
  }
  body.back() = '}';
  const auto read = draft(body, person_shape);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->wrong.size(), 64U);
}

TEST(Reader, cuts_a_long_name_between_code_points)
{
  std::string name = "x";
  for (int i = 0; i < 200; ++i) {
    name += "ä";
  }
  const auto read = draft(with("\"" + name + "\":1"), person_shape);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->wrong.size(), 1U);
  EXPECT_EQ(read->wrong[0].field, name.substr(0, 63) + "...");
}

TEST(Reader, bounds_the_depth)
{
  const auto nested = [](std::size_t depth) {
    return with("\"nope\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']'));
  };
  EXPECT_EQ(complaints(nested(32)), "nope is not known here");
  EXPECT_EQ(complaints(nested(33)), "json_invalid");
  EXPECT_EQ(complaints(nested(100'000)), "json_invalid");
  EXPECT_EQ(complaints(std::string(100'000, '{')), "json_invalid");
}

TEST(Reader, fills_the_struct)
{
  const auto person = read(
      R"( {"tags":["x","y"],"name":"A\n\"d\u00e4","age":36,"label":null,"happy":true,"big":-5,
          "pets":[{"kind":"cat"},{"legs":2,"kind":"hen"}],"best":{"kind":"dog"},"count":12,"role":"USER"} )",
      person_shape
  );
  ASSERT_TRUE(person) << complaints("{}");
  EXPECT_EQ(person->name, "A\n\"d\xC3\xA4");
  EXPECT_EQ(person->age, 36);
  EXPECT_TRUE(person->happy);
  EXPECT_EQ(person->big, -5);
  EXPECT_EQ(person->city, std::nullopt);
  ASSERT_TRUE(person->label.has_value());
  EXPECT_EQ(*person->label, std::nullopt);
  EXPECT_THAT(*person->tags, ElementsAre("x", "y"));
  EXPECT_EQ(person->pets->at(1).kind, "hen");
  EXPECT_EQ(person->pets->at(1).legs, 2);
  EXPECT_EQ(person->best->kind, "dog");
  EXPECT_EQ(**person->count, 12);
}

TEST(Reader, refuses_with_every_wrong_field)
{
  const auto person = read("{}", person_shape);
  ASSERT_FALSE(person);
  EXPECT_EQ(person.error().code(), "fields_invalid");
  EXPECT_EQ(person.error().fields.size(), 4U);
}

TEST(Reader, puts_long_texts_with_escapes_together)
{
  std::string expected;
  std::string written;
  for (int i = 0; i < 3000; ++i) {
    expected += "x\n\xE2\x82\xAC";
    written += R"(x\n\u20ac)";
  }
  struct Note {
    std::string text;
  };
  static constexpr std::array fields{field<&Note::text>("text", {}, "Text.")};
  static const Shape<Note> shape{"Note", fields};
  const auto note = read("{\"text\":\"" + written + "\"}", shape);
  ASSERT_TRUE(note);
  EXPECT_EQ(note->text, expected);
}

struct Login {
  Secret password{};
  std::string again;
};
constexpr std::array login_fields{
    field<&Login::password>("password", {.min = 1, .max = 9}, "Password.", R"("s")"),
    write_only(field<&Login::again>("again", {}, "Again.")),
};
const Shape<Login> login_shape{"Login", login_fields};

TEST(Reader, reads_a_secret_that_is_never_written)
{
  const auto login = read(R"({"password":"sesame","again":"sesame"})", login_shape);
  ASSERT_TRUE(login);
  EXPECT_EQ(login->password.reveal(), "sesame");
  EXPECT_EQ(text_of(*login, login_shape), "{}");
}

TEST(Reader, reads_back_what_was_written)
{
  Person person{.name = "Zoë \"\\\b\f\n\r\t\x1f\x7f \xE2\x80\xA8 \xF0\x9F\x98\x80", .age = 99, .happy = true};
  person.big = std::numeric_limits<std::int64_t>::min();
  person.city = "";
  person.label.emplace();
  person.tags.emplace({std::string{"a"}, std::string{"b"}});
  person.pets.emplace({Pet{.kind = "cat", .legs = 4}});
  person.best = Pet{.kind = "dog"};
  std::string text = text_of(person, person_shape);
  const std::string created = R"(,"created":"1970-01-01T00:00:00Z")";
  ASSERT_THAT(text, HasSubstr(created));
  text.erase(text.find(created), created.size());
  const auto again = read(text, person_shape);
  ASSERT_TRUE(again) << text << complaints(text);
  EXPECT_EQ(text_of(*again, person_shape), text_of(person, person_shape));
}

TEST(Draft, knows_which_fields_are_good)
{
  const auto read = draft(R"({"name":"","age":20,"happy":true,"big":1})", person_shape);
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->good("name"));
  EXPECT_TRUE(read->good("age"));
}

}  // namespace
}  // namespace usher::json
