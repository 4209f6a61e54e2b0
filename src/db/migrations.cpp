#include "db/migrations.hpp"

#include "base/clock.hpp"
#include "base/result.hpp"

#include <algorithm>
#include <vector>

namespace usher::db {
namespace {

std::string filled_in(std::string_view sql, const Dialect& dialect)
{
  std::string text{sql};
  const auto fill = [&text](std::string_view placeholder, std::string_view with) {
    for (auto at = text.find(placeholder); at != std::string::npos; at = text.find(placeholder, at)) {
      text.replace(at, placeholder.size(), with);
    }
  };
  fill("${identity}", dialect.identity);
  fill("${blob}", dialect.blob);
  return text;
}

std::vector<Migration> in_order(std::span<const Migration> migrations)
{
  std::vector<Migration> ordered{migrations.begin(), migrations.end()};
  std::ranges::sort(ordered, {}, &Migration::number);
  // Two files with one number: which of them a database has seen could never be told.
  USHER_ASSERT(std::ranges::adjacent_find(ordered, {}, &Migration::number) == ordered.end());
  return ordered;
}

}  // namespace

int apply(
    Tx& tx,
    std::span<const Migration> migrations,
    const Dialect& dialect,
    const std::function<void(const std::string& sql)>& script
)
{
  const std::vector<Migration> wanted = in_order(migrations);
  tx.execute(
      "CREATE TABLE IF NOT EXISTS schema_migrations "
      "(number BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)"
  );
  const auto there = tx.all("SELECT number FROM schema_migrations ORDER BY number", {}, [](const Row& row) {
    return row.integer(0);
  });
  for (const std::int64_t number : there) {
    if (std::ranges::find(wanted, number, &Migration::number) == wanted.end()) {
      throw Fault{
          "the database is newer than this program: it holds migration " + std::to_string(number) +
          ", which this version does not know"
      };
    }
  }
  int applied = 0;
  for (const Migration& migration : wanted) {
    if (std::ranges::binary_search(there, std::int64_t{migration.number})) {
      continue;
    }
    script(filled_in(migration.sql, dialect));
    tx.execute(
        "INSERT INTO schema_migrations (number, name, applied_at) VALUES ($1, $2, $3)",
        {migration.number, migration.name, epoch_seconds(SystemClock{}.now())}
    );
    ++applied;
  }
  return applied;
}

}  // namespace usher::db
