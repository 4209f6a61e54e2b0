#include "features/setup/wire.hpp"

#include "features/users/rules.hpp"
#include "features/users/wire.hpp"
#include "text/email.hpp"

#include <array>

namespace usher::setup {
namespace {

constexpr std::int64_t token_chars_max = 128;

constexpr std::array setup_request_fields{
    json::field<&SetupRequest::token>(
        "token",
        {.min = 1, .max = token_chars_max},
        "From the link that the server printed when it started.",
        R"("Jt1N0yH9w1bq0dYk2yBn7bYp7o3mF0v5o3Hn3Z1sQ2E")"
    ),
    json::field<&SetupRequest::name>(
        "name",
        {.min = 1, .max = users::name_length_max, .check = users::problem_with_name},
        "Display name.",
        R"("Ada Lovelace")"
    ),
    json::field<&SetupRequest::email>(
        "email",
        {.min = 3, .max = users::email_bytes_max, .format = "email", .check = text::problem_with_email},
        "E-mail address to log in with.",
        R"("ada@example.org")"
    ),
    json::field<&SetupRequest::age>("age", {.min = users::age_min, .max = users::age_max}, "In years.", "36"),
    json::field<&SetupRequest::password>(
        "password",
        {.min = 1},
        "8 characters or more (as configured), no rules of composition, but hard to guess.",
        R"("correct horse battery staple")"
    ),
};

}  // namespace

const json::Shape<SetupRequest> setup_request_shape{"Setup", setup_request_fields};
const json::Shape<users::User> administrator_shape{"FirstAdministrator", users::user_fields};

}  // namespace usher::setup
