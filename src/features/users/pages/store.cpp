#include "features/users/pages/store.hpp"

#include "base/result.hpp"
#include "features/users/row.hpp"

#include <algorithm>
#include <array>
#include <limits>

// The order and the role decide which index is walked, so each combination is a statement of its own;
// they are put together once, here. A page is (key, id) beyond the last place, and for a prefix within its
// end.

namespace usher::users {
namespace {

enum class Form { all, prefix, email_only, matches };

constexpr std::size_t forms = 4;
constexpr std::size_t keys = 4;
constexpr std::size_t roles = 3;

/// Greater than any key: names have at most 30 characters, e-mail keys 254 bytes.
const std::string& beyond_all()
{
  static const std::string text = [] {
    std::string made;
    for (int i = 0; i < 64; ++i) {
      made += "\xF4\x8F\xBF\xBF";  // U+10FFFF
    }
    return made;
  }();
  return text;
}

std::string role_clause(std::size_t role)
{
  // A literal, so that the engine sees that the administrators' own small indexes hold all it needs.
  constexpr std::array<std::string_view, roles> clauses{"", " AND role = 'USER'", " AND role = 'ADMIN'"};
  return std::string{clauses.at(role)};
}

/// The ids of those whose `column` starts so; three parameters from `first` on: prefix, its end, how many.
std::string matches_of(std::string_view column, std::size_t role, int first)
{
  const std::string name{column};
  return "SELECT id FROM users WHERE " + name + " >= $" + std::to_string(first) + " AND " + name + " < $" +
         std::to_string(first + 1) + role_clause(role) + " LIMIT $" + std::to_string(first + 2);
}

std::size_t place_of(std::optional<Role> role)
{
  if (!role) {
    return 0;
  }
  return *role == Role::user ? 1 : 2;
}

std::string page_sql(Form form, Order order, std::size_t role)
{
  constexpr std::array<std::string_view, keys> columns{"id", "name_key", "email_key", "created_at"};
  const std::string column{columns.at(static_cast<std::size_t>(order.key))};
  const bool up = order.direction == Direction::up;
  const std::string way = up ? " ASC" : " DESC";
  // $1 key and $2 id of the last place, $3 the far end, $4 how many.
  std::string sql =
      "SELECT users.id, name, email, age, role, disabled_at, generation, version, created_at, updated_at, "
      "name_key, email_key FROM ";
  if (form == Form::matches) {
    // CROSS JOIN: the few matches first, then the users by id; never the other way round.
    sql += "(SELECT id AS found FROM (" + matches_of("name_key", role, 5) +
           ") AS by_name UNION SELECT id FROM (" + matches_of("email_key", role, 5) +
           ") AS by_email) AS matches CROSS JOIN users ON users.id = found";
  } else {
    sql += "users";
  }
  sql += " WHERE (" + column + ", users.id) " + (up ? '>' : '<') + " ($1, $2) AND " + column +
         (up ? " < $3" : " >= $3") + (form == Form::matches ? std::string{} : role_clause(role));
  if (form == Form::email_only) {
    sql += " AND NOT (name_key >= $5 AND name_key < $6)";
  }
  return sql + " ORDER BY " + column + way + ", users.id" + way + " LIMIT $4";
}

std::size_t place_in_table(Form form, Order order, std::size_t role)
{
  const std::size_t by_key = (static_cast<std::size_t>(form) * keys) + static_cast<std::size_t>(order.key);
  const std::size_t by_direction = (by_key * 2) + static_cast<std::size_t>(order.direction);
  return (by_direction * roles) + role;
}

using Table = std::array<std::string, forms * keys * 2 * roles>;

Table all_statements()  // NOLINT(readability-function-size): one plain loop for each way to ask
{
  Table table;
  for (const Form form : {Form::all, Form::prefix, Form::email_only, Form::matches}) {
    for (const SortKey key : {SortKey::id, SortKey::name, SortKey::email, SortKey::created}) {
      for (const Direction direction : {Direction::up, Direction::down}) {
        for (std::size_t role = 0; role < roles; ++role) {
          const Order order{.key = key, .direction = direction};
          table.at(place_in_table(form, order, role)) = page_sql(form, order, role);
        }
      }
    }
  }
  return table;
}

std::string_view statement(Form form, const PageQuery& query)
{
  static const Table table = all_statements();
  return table.at(place_in_table(form, query.order, place_of(query.role)));
}

bool is_text(SortKey key)
{
  return key == SortKey::name || key == SortKey::email;
}

/// Where a page begins and must end; the numbers' ends are never reached by a row.
struct Span {
  Place start;
  Place end;
};

Span span_of(const PageQuery& query, std::string_view prefix)
{
  const Place low{.text = std::string{prefix}, .number = std::numeric_limits<std::int64_t>::min()};
  const Place high{
      .text = std::string{prefix} + beyond_all(), .number = std::numeric_limits<std::int64_t>::max()
  };
  const bool up = query.order.direction == Direction::up;
  return {.start = query.after.value_or(up ? low : high), .end = up ? high : low};
}

db::Value key_of(const Place& place, SortKey key)
{
  return is_text(key) ? db::Value{place.text} : db::Value{place.number};
}

Place place_of(const db::Row& row, SortKey key)
{
  Place place{.id = row.integer(0)};
  switch (key) {
    case SortKey::id: place.number = row.integer(0); break;
    case SortKey::created: place.number = row.integer(8); break;
    case SortKey::name: place.text = row.text(10); break;
    case SortKey::email: place.text = row.text(11); break;
  }
  return place;
}

auto collect_into(Page& page, SortKey key)
{
  return [&page, key](const db::Row& row) {
    page.users.push_back(user_of(row));
    page.places.push_back(place_of(row, key));
  };
}

/// By name or by address, whichever are more; counted no further than one beyond what page_of_matches allows.
std::int64_t most_matches(db::Tx& tx, const PageQuery& query, std::string_view prefix)
{
  static const std::array<std::string, 2 * roles> statements = [] {
    std::array<std::string, 2 * roles> made;
    for (std::size_t role = 0; role < roles; ++role) {
      made.at(role) = "SELECT COUNT(*) FROM (" + matches_of("name_key", role, 1) + ") AS found";
      made.at(roles + role) = "SELECT COUNT(*) FROM (" + matches_of("email_key", role, 1) + ") AS found";
    }
    return made;
  }();
  const std::string end = std::string{prefix} + beyond_all();
  std::int64_t most = 0;
  for (const std::size_t column : {std::size_t{0}, std::size_t{1}}) {
    const auto found = tx.one(
        statements.at((column * roles) + place_of(query.role)),
        {prefix, end, matches_max + 1},
        [](const db::Row& row) { return row.integer(0); }
    );
    most = std::max(most, found.value_or(0));
  }
  return most;
}

}  // namespace

Page page(db::Tx& tx, const PageQuery& query)
{
  const Span span = span_of(query, {});
  const SortKey key = query.order.key;
  Page found;
  tx.each(
      statement(Form::all, query),
      {key_of(span.start, key), span.start.id, key_of(span.end, key), query.limit},
      collect_into(found, key)
  );
  return found;
}

Page page_by_prefix(db::Tx& tx, const PageQuery& query, std::string_view prefix)
{
  USHER_ASSERT(is_text(query.order.key));
  const Span span = span_of(query, prefix);
  Page found;
  tx.each(
      statement(Form::prefix, query),
      {span.start.text, span.start.id, span.end.text, query.limit},
      collect_into(found, query.order.key)
  );
  return found;
}

Page page_by_email_only(db::Tx& tx, const PageQuery& query, std::string_view prefix)
{
  USHER_ASSERT(query.order.key == SortKey::email);
  const Span span = span_of(query, prefix);
  Page found;
  tx.each(
      statement(Form::email_only, query),
      {span.start.text, span.start.id, span.end.text, query.limit, prefix, std::string{prefix} + beyond_all()
      },
      collect_into(found, query.order.key)
  );
  return found;
}

std::optional<Page> page_of_matches(db::Tx& tx, const PageQuery& query, std::string_view prefix)
{
  if (most_matches(tx, query, prefix) > matches_max) {
    return std::nullopt;
  }
  const Span span = span_of(query, {});
  const SortKey key = query.order.key;
  Page found;
  tx.each(
      statement(Form::matches, query),
      {key_of(span.start, key),
       span.start.id,
       key_of(span.end, key),
       query.limit,
       prefix,
       std::string{prefix} + beyond_all(),
       matches_max},
      collect_into(found, key)
  );
  return found;
}

}  // namespace usher::users
