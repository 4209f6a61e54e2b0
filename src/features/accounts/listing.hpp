#pragma once

#include "base/result.hpp"
#include "db/database.hpp"
#include "features/accounts/account.hpp"
#include "features/users/pages/store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace usher::accounts {

inline constexpr std::int64_t page_size_default = 20;
inline constexpr std::int64_t page_size_max = 100;

/// Where a list goes on. With a search and no order asked for, users come by name first, then those found
/// only by e-mail address: two runs.
struct Position {
  enum class Run { first, by_email };
  Run run{Run::first};
  users::Place after{};
  friend bool operator==(const Position&, const Position&) = default;
};

/// What to list.
struct Listing {
  std::int64_t limit{page_size_default};
  std::string prefix{};  ///< folded; of the name or the address; empty: all users
  std::optional<users::Role> role{};
  std::optional<users::Order> order{};  ///< by id when there is no search either
  std::optional<Position> from{};
};

struct Listed {
  std::vector<Account> accounts{};
  std::optional<Position> next{};
};

/// One page; never more work than its size, however many users there are. Refuses with fields_invalid when a
/// search is so wide that its matches cannot be sorted as asked.
Result<Listed> list_accounts(db::Tx& tx, const Listing& wanted);

}  // namespace usher::accounts
