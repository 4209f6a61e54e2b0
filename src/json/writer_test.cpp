#include "base/time.hpp"
#include "json/json.hpp"

#include <gtest/gtest.h>

namespace usher::json {
namespace {

TEST(Writer, puts_commas_where_they_belong)
{
  Writer out;
  out.begin_object();
  out.key("a");
  out.begin_list();
  out.integer(1);
  out.begin_object();
  out.end_object();
  out.begin_list();
  out.end_list();
  out.null();
  out.end_list();
  out.key("b");
  out.boolean(true);
  out.key("c");
  out.raw("[7]");
  out.key("d");
  out.boolean(false);
  out.key("e");
  out.instant(from_epoch(1'764'018'780));
  out.end_object();
  EXPECT_EQ(out.text(), R"({"a":[1,{},[],null],"b":true,"c":[7],"d":false,"e":"2025-11-24T21:13:00Z"})");
}

TEST(Writer, escapes_what_must_be)
{
  struct Row {
    std::string_view text;
    std::string_view json;
  };
  const Row rows[] = {
      {"", R"("")"},
      {"\"", R"("\"")"},
      {"a\\b", R"("a\\b")"},
      {"\n\r\t\b\f", R"("\n\r\t\b\f")"},
      {std::string_view{"\0\x01\x1f", 3}, R"("\u0000\u0001\u001f")"},
      {"</script>", R"("</script>")"},
      {"\x7f\xC3\xA4\xF0\x9F\x98\x80", "\"\x7f\xC3\xA4\xF0\x9F\x98\x80\""},
  };
  for (const Row& row : rows) {
    Writer out;
    out.text(row.text);
    EXPECT_EQ(out.text(), row.json);
  }
}

TEST(Writer, writes_the_ends_of_the_integers)
{
  Writer out;
  out.begin_list();
  out.integer(std::numeric_limits<std::int64_t>::min());
  out.integer(std::numeric_limits<std::int64_t>::max());
  out.integer(0);
  out.end_list();
  EXPECT_EQ(out.text(), "[-9223372036854775808,9223372036854775807,0]");
}

TEST(Writer, writes_times_as_rfc3339_does)
{
  for (std::int64_t seconds = -30'000'000'000; seconds < 253'000'000'000; seconds += 8'765'432'123) {
    Writer out;
    out.instant(from_epoch(seconds));
    EXPECT_EQ(out.text(), '"' + rfc3339(from_epoch(seconds)) + '"');
  }
}

struct Room {
  Id<struct RoomTag> id;
  Uuid key{};
  std::string_view name;
  std::optional<std::string> note{};
  std::vector<std::string> tags{};
};
constexpr std::array room_fields{
    field<&Room::id>("id", {}, "Number."),
    field<&Room::key>("key", {}, "Key."),
    field<&Room::name>("name", {}, "Name."),
    field<&Room::note>("note", {}, "Note."),
    field<&Room::tags>("tags", {.max = 9}, "Tags.")
};
const Shape<Room> room_shape{"Room", room_fields, "A room."};

TEST(Writer, writes_a_shape_and_leaves_out_what_is_not_there)
{
  EXPECT_EQ(
      text_of(Room{.id = {7}, .name = "Hall", .tags = {"x"}}, room_shape),
      R"({"id":7,"key":"00000000-0000-0000-0000-000000000000","name":"Hall","tags":["x"]})"
  );
}

TEST(Writer, shows_null_for_what_is_empty_where_that_is_asked_for)
{
  static constexpr std::array fields{[] {
    Field note = field<&Room::note>("note", {}, "Note.");
    note.missing = nullptr;
    return note;
  }()};
  static const Shape<Room> shape{"Room", fields};
  EXPECT_EQ(text_of(Room{}, shape), R"({"note":null})");
  EXPECT_EQ(text_of(Room{.note = "x"}, shape), R"({"note":"x"})");
  Writer out;
  write_schema(out, shape);
  EXPECT_EQ(
      out.text(),
      R"({"type":"object","properties":{"note":{"type":["string","null"],"description":"Note."}},)"
      R"("required":["note"],"additionalProperties":false})"
  );
}

TEST(Schema, says_what_the_reader_enforces)
{
  static constexpr auto sizes = std::to_array<std::string_view>({"S", "L"});
  struct Order {
    std::string name;
    std::optional<std::optional<std::string>> size{};
    std::optional<std::int64_t> count{};
    std::string code;
    std::optional<std::vector<Room>> rooms{};
    Room room{};
    bool gift{};
  };
  static constexpr std::array fields{
      field<&Order::name>("name", {.min = 1, .max = 30}, "Name.", R"("Ada")"),
      field<&Order::size>("size", {.one_of = sizes}, "Size."),
      field<&Order::count>("count", {.min = 16, .max = 100}, "Count."),
      write_only(field<&Order::code>("code", {.max = 9, .format = "password", .pattern = "^x"}, "Code.")),
      field<&Order::rooms>("rooms", {.min = 1, .max = 2}, "Rooms.", "", room_shape),
      field<&Order::room>("room", {}, "Room.", "", room_shape),
      field<&Order::gift>("gift", {}, "Gift."),
  };
  static const Shape<Order> shape{"Order", fields, "An order."};
  Writer out;
  write_schema(out, shape);
  EXPECT_EQ(
      out.text(),
      R"({"type":"object","description":"An order.","properties":{)"
      R"("name":{"type":"string","description":"Name.","minLength":1,"maxLength":30,"examples":["Ada"]},)"
      R"("size":{"type":["string","null"],"description":"Size.","enum":["S","L",null]},)"
      R"("count":{"type":"integer","description":"Count.","format":"int64","minimum":16,"maximum":100},)"
      R"("code":{"type":"string","description":"Code.","format":"password","maxLength":9,"pattern":"^x","writeOnly":true},)"
      R"("rooms":{"type":"array","description":"Rooms.","minItems":1,"maxItems":2,"items":{"$ref":"#/components/schemas/Room"}},)"
      R"("room":{"anyOf":[{"$ref":"#/components/schemas/Room"}],"description":"Room."},)"
      R"("gift":{"type":"boolean","description":"Gift."}},)"
      R"("required":["name","code","room","gift"],"additionalProperties":false})"
  );
}

}  // namespace
}  // namespace usher::json
