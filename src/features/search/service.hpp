#pragma once

#include "base/result.hpp"
#include "db/database.hpp"
#include "features/accounts/account.hpp"

#include <string_view>

namespace usher::search {

/// Whose address this is, in whatever spelling. Refuses with fields_invalid, user_not_found.
Result<accounts::Account> find_by_email(db::Tx& tx, std::string_view email);

}  // namespace usher::search
