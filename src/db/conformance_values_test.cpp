// What goes into a statement comes back out of it.

#include "base/result.hpp"
#include "db/conformance_test.hpp"

#include <limits>
#include <vector>

namespace usher::db {
namespace {

/// Writes one row of `parts` and hands it back as it is stored.
struct Stored {
  std::optional<std::string> note;
  std::optional<std::vector<std::byte>> data;
  std::optional<std::int64_t> size;
};

Stored round_trip(Database& database, const Value& note, const Value& data, const Value& size)
{
  return database
      .write_now([&](Tx& tx) -> Result<Stored> {
        tx.execute("INSERT INTO things (id, name) VALUES (1, 'one') ON CONFLICT DO NOTHING");
        const auto id = *tx.one(
            "INSERT INTO parts (thing, note, data, size) VALUES (1, $1, $2, $3) RETURNING id",
            {note, data, size},
            [](const Row& row) { return row.integer(0); }
        );
        return *tx.one("SELECT note, data, size FROM parts WHERE id = $1", {id}, [](const Row& row) {
          Stored stored{.note = row.maybe_text(0), .data = {}, .size = {}};
          if (!row.null(2)) {
            stored.size = row.integer(2);
          }
          if (!row.null(1)) {
            const Blob bytes = row.blob(1);
            stored.data.emplace(bytes.begin(), bytes.end());
          }
          return stored;
        });
      })
      .value();
}

}  // namespace

TEST_P(Conformance, text_comes_back_as_it_went)
{
  const std::string long_text(100'000, 'x');
  for (const std::string_view text :
       {std::string_view{""},
        std::string_view{},
        std::string_view{"'; DROP TABLE things; --"},
        std::string_view{"Zo\u00eb \u4f60\u597d \U0001F600 e\u0301"},
        std::string_view{"$1 ?1 :a @b"},
        std::string_view{long_text}}) {
    EXPECT_EQ(round_trip(database(), text, nullptr, nullptr).note, std::string{text});
  }
}

TEST_P(Conformance, text_with_a_nul_is_kept_whole_or_refused_but_never_cut)
{
  const std::string text{"before\0after", 12};
  try {
    EXPECT_EQ(round_trip(database(), text, nullptr, nullptr).note, text);
  } catch (const Fault&) {
    SUCCEED();
  }
}

TEST_P(Conformance, bytes_come_back_as_they_went)
{
  std::vector<std::byte> bytes;
  for (int value = 0; value < 256; ++value) {
    bytes.push_back(static_cast<std::byte>(value));
  }
  EXPECT_EQ(round_trip(database(), nullptr, Blob{bytes}, nullptr).data, bytes);
  EXPECT_EQ(round_trip(database(), nullptr, Blob{}, nullptr).data, std::vector<std::byte>{});
}

TEST_P(Conformance, numbers_come_back_as_they_went)
{
  using Limits = std::numeric_limits<std::int64_t>;
  for (const std::int64_t number : {Limits::min(), std::int64_t{-1}, std::int64_t{0}, Limits::max()}) {
    EXPECT_EQ(round_trip(database(), nullptr, nullptr, number).size, number);
  }
}

TEST_P(Conformance, nothing_comes_back_as_nothing)
{
  const Stored stored = round_trip(database(), std::optional<std::string_view>{}, nullptr, nullptr);
  EXPECT_EQ(stored.note, std::nullopt);
  EXPECT_EQ(stored.data, std::nullopt);
  EXPECT_EQ(stored.size, std::nullopt);
}

TEST_P(Conformance, parameters_go_by_their_number_however_often_and_in_whatever_order)
{
  const auto row = database().read_now([](Tx& tx) {
    return tx.one(
        "SELECT CAST($2 AS TEXT), CAST($1 AS BIGINT), CAST($2 AS TEXT)",
        {7, "seven"},
        [](const Row& found) {
          return std::string{found.text(0)} + std::to_string(found.integer(1)) + std::string{found.text(2)};
        }
    );
  });
  EXPECT_EQ(row, "seven7seven");
}

TEST_P(Conformance, one_text_at_many_addresses_and_many_texts_at_one_are_told_apart)
{
  const auto reader = database().open_reader();
  std::string buffer = "SELECT CAST($1 AS BIGINT)";
  reader->read([&](Tx& tx) {
    const auto ask = [&tx](std::string_view sql) {
      return tx.one(sql, {5}, [](const Row& row) { return row.integer(0); });
    };
    EXPECT_EQ(ask(buffer), 5);
    EXPECT_EQ(ask(std::string{buffer}), 5);
    buffer = "SELECT CAST($1 AS BIGINT)+1";
    EXPECT_EQ(ask(buffer), 6);
    buffer = "SELECT CAST($1 AS BIGINT)-1";
    EXPECT_EQ(ask(buffer), 4);
  });
}

}  // namespace usher::db
