#pragma once

#include "base/secret.hpp"
#include "features/accounts/account.hpp"
#include "json/json.hpp"

#include <optional>
#include <string>
#include <vector>

namespace usher::accounts {

/// What a client says of a user, whole or in part; the shape decides what has to be there and what may be.
struct UserInput {
  std::optional<std::string> name{};
  std::optional<std::string> email{};
  std::optional<int> age{};
  std::optional<std::string> role{};  ///< one of users::role_names
  std::optional<Secret> password{};
  std::optional<bool> disabled{};
};

struct UserList {
  std::vector<Account> users{};
  std::optional<std::string> next_cursor{};
};

extern const json::Shape<UserInput> registration_shape;  ///< POST /api/register
extern const json::Shape<UserInput> new_user_shape;      ///< POST /api/users
extern const json::Shape<UserInput> user_body_shape;     ///< PUT
extern const json::Shape<UserInput> user_patch_shape;    ///< PATCH
extern const json::Shape<Account> user_shape;            ///< how a user is shown, addresses included
extern const json::Shape<UserList> user_list_shape;

std::string to_json(const Account& account);

}  // namespace usher::accounts
