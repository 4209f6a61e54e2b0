#include "features/users/row.hpp"

namespace usher::users {

User user_of(const db::Row& row)
{
  return {
      .id = UserId{row.integer(0)},
      .name = std::string{row.text(1)},
      .email = std::string{row.text(2)},
      .age = static_cast<int>(row.integer(3)),
      .role = parse_role(row.text(4)).value_or(Role::user),
      .disabled = !row.null(5),
      .generation = row.integer(6),
      .version = row.integer(7),
      .created = from_epoch(row.integer(8)),
      .updated = from_epoch(row.integer(9))
  };
}

}  // namespace usher::users
