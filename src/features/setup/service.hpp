#pragma once

#include "base/caller.hpp"
#include "base/result.hpp"
#include "db/database.hpp"
#include "features/users/store.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace usher::setup {

inline constexpr std::chrono::minutes link_life{30};
inline constexpr std::string_view page_path = "/setup";

inline constexpr Refusal setup_closed{
    Kind::forbidden,
    "setup_closed",
    "Set-up is over",
    "There is an administrator already; log in, or use the command line on the server."
};
inline constexpr Refusal setup_link_invalid{
    Kind::forbidden,
    "setup_link_invalid",
    "Set-up link not valid",
    "This link was used, has expired or was replaced; restart the server to get a new one."
};

/// A new link's token; older links die. For the start of the server. Refuses with setup_closed.
Result<std::string> make_setup_token(db::Tx& tx, Instant now);

/// "http://127.0.0.1:8080/setup#..."; the token stands in the fragment, which browsers keep to themselves.
std::string setup_url(std::string_view base_url, std::string_view token);

/// Whether there is anything to set up. Refuses with setup_closed.
Result<Done> check_setup_open(db::Tx& tx);

/// Whether `token` would be taken now; asked before the password is hashed. Refuses with setup_closed,
/// setup_link_invalid.
Result<Done> check_setup_token(db::Tx& tx, std::string_view token, Instant now);

/// Spends the token and makes the first administrator, both or neither. Refuses with setup_closed,
/// setup_link_invalid, fields_invalid, email_taken.
struct FirstAdministrator {
  std::string token;
  users::Profile profile;
  std::string password_hash;
};
Result<users::User> make_first_administrator(
    db::Tx& tx, const FirstAdministrator& wanted, const Origin& origin, Instant now
);

}  // namespace usher::setup
