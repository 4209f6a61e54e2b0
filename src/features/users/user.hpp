#pragma once

#include "base/clock.hpp"
#include "base/id.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace usher::users {

using UserId = Id<struct UserTag>;

enum class Role { user, admin };

std::string_view name_of(Role role);  ///< "USER", "ADMIN"
std::optional<Role> parse_role(std::string_view text);

struct User {
  UserId id;
  std::string name;
  std::string email;  ///< as given
  int age{};
  Role role{Role::user};
  bool disabled{false};
  std::int64_t generation{1};  ///< bumped by password, role, disable, delete: older tokens die
  std::int64_t version{1};     ///< bumped by every change: the ETag
  Instant created{};
  Instant updated{};
};

}  // namespace usher::users
