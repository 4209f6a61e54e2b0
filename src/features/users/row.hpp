#pragma once

#include "db/database.hpp"
#include "features/users/user.hpp"

namespace usher::users {

/// From a row that begins with id, name, email, age, role, disabled_at, generation, version, created_at,
/// updated_at. For the stores of this feature.
User user_of(const db::Row& row);

}  // namespace usher::users
