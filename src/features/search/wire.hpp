#pragma once

#include "features/accounts/account.hpp"
#include "json/json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace usher::search {

/// A user as far as the one who asks may see them.
struct Found {
  std::optional<users::UserId> id{};
  std::string name;
  std::string email;
  std::optional<int> age{};
  std::optional<std::string_view> role{};
  std::optional<bool> disabled{};
  std::optional<Instant> created{};
  std::optional<Instant> updated{};
  std::optional<std::vector<addresses::Address>> addresses{};
};

enum class View {
  name_only,   ///< name and address: somebody without a token
  with_id,     ///< another user
  everything,  ///< oneself, or an administrator
};

extern const json::Shape<Found> found_shape;

Found seen(accounts::Account account, View view);

}  // namespace usher::search
