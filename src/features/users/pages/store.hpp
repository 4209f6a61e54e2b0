#pragma once

#include "db/database.hpp"
#include "features/users/user.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace usher::users {

enum class SortKey { id, name, email, created };
enum class Direction { up, down };

struct Order {
  SortKey key{SortKey::id};
  Direction direction{Direction::up};
  friend bool operator==(const Order&, const Order&) = default;
};

/// A user's place in an order. Text for name and email, number for created; id breaks ties.
struct Place {
  std::string text{};
  std::int64_t number{};
  std::int64_t id{};
  friend bool operator==(const Place&, const Place&) = default;
};

/// What to list. Every query is one range of one index, however many users there are.
struct PageQuery {
  Order order{};
  std::optional<Role> role{};
  std::optional<Place> after{};  ///< of a Page before
  std::int64_t limit{};
};

struct Page {
  std::vector<User> users{};
  std::vector<Place> places{};  ///< one for each of `users`, in the order asked for
};

Page page(db::Tx& tx, const PageQuery& query);

/// Those whose folded name (SortKey::name) or e-mail key (SortKey::email) starts with `prefix`, in that
/// order.
Page page_by_prefix(db::Tx& tx, const PageQuery& query, std::string_view prefix);

/// As page_by_prefix with SortKey::email, but without those whose name starts with `prefix` as well.
Page page_by_email_only(db::Tx& tx, const PageQuery& query, std::string_view prefix);

/// Those whose name or e-mail address starts with `prefix`, in any order. They are sorted at each call, so
/// there may be `matches_max` by name and as many by address; nothing when there are more.
inline constexpr std::int64_t matches_max = 1000;
std::optional<Page> page_of_matches(db::Tx& tx, const PageQuery& query, std::string_view prefix);

}  // namespace usher::users
