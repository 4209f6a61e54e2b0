#pragma once

#include "app/services.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace usher::app {

/// Makes the administrator of admin.email and admin.password when there is none yet; otherwise does nothing.
/// Throws StartFault when that password may not be one.
void add_first_admin(Services& services);

/// A one-time link to make the first administrator; nothing when there is one.
std::optional<std::string> setup_link(Services& services, std::string_view url);

}  // namespace usher::app
