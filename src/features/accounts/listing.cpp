#include "features/accounts/listing.hpp"

#include "features/addresses/store.hpp"

#include <utility>

namespace usher::accounts {
namespace {

using users::Page;
using users::PageQuery;
using users::SortKey;

/// A page under way. One more than its limit is asked for, to know whether there is a next.
struct Sheet {
  std::int64_t limit{};
  Listed listed{};
  std::optional<Position> last{};

  std::int64_t room() const { return limit - static_cast<std::int64_t>(listed.accounts.size()); }
};

void add(Sheet& sheet, Page page, Position::Run run)
{
  for (std::size_t i = 0; i < page.users.size(); ++i) {
    if (sheet.room() == 0) {
      sheet.listed.next = sheet.last;
      return;
    }
    sheet.listed.accounts.push_back({.user = std::move(page.users[i])});
    sheet.last = Position{.run = run, .after = std::move(page.places[i])};
  }
}

PageQuery query_of(const Sheet& sheet, const Listing& wanted, users::Order order)
{
  return {
      .order = order,
      .role = wanted.role,
      .after = wanted.from ? std::optional{wanted.from->after} : std::nullopt,
      .limit = sheet.room() + 1
  };
}

/// Names first, then addresses of those whose names do not match.
void add_matches(db::Tx& tx, Sheet& sheet, const Listing& wanted)
{
  const bool second = wanted.from && wanted.from->run == Position::Run::by_email;
  if (!second) {
    add(sheet,
        page_by_prefix(tx, query_of(sheet, wanted, {.key = SortKey::name}), wanted.prefix),
        Position::Run::first);
    if (sheet.listed.next) {
      return;
    }
  }
  PageQuery query = query_of(sheet, wanted, {.key = SortKey::email});
  if (!second) {
    query.after.reset();
    // Should the page be full already, the next one begins where this run does.
    sheet.last = Position{.run = Position::Run::by_email, .after = {.text = wanted.prefix}};
  }
  add(sheet, page_by_email_only(tx, query, wanted.prefix), Position::Run::by_email);
}

}  // namespace

Result<Listed> list_accounts(db::Tx& tx, const Listing& wanted)
{
  Sheet sheet{.limit = wanted.limit};
  if (wanted.prefix.empty()) {
    add(sheet, page(tx, query_of(sheet, wanted, wanted.order.value_or(users::Order{}))), Position::Run::first
    );
  } else if (!wanted.order) {
    add_matches(tx, sheet, wanted);
  } else {
    auto matches = page_of_matches(tx, query_of(sheet, wanted, *wanted.order), wanted.prefix);
    if (!matches) {
      return refuse_fields(
          {{.field = "q", .reason = "matches too many users to sort them; make it longer, or leave out sort"}}
      );
    }
    add(sheet, *std::move(matches), Position::Run::first);
  }
  for (Account& account : sheet.listed.accounts) {
    account.addresses = addresses::of_user(tx, account.user.id);
  }
  return std::move(sheet.listed);
}

}  // namespace usher::accounts
