#pragma once

#include "app/services.hpp"
#include "app/site.hpp"
#include "http/site.hpp"
#include "passwords/gate.hpp"

#include <optional>
#include <string_view>

// --compat day7 and day14: the letter of the course's API, for those who run its tests and Postman requests
// unchanged. Everything about it is in this file; without the switch none of it is called.

namespace usher::app {

/// Any short password may be one; with compat off, `options` as they are.
passwords::Options compat_passwords(const config::Config& config, passwords::Options options);

/// Whether anybody may search: accounts.public_search, or compat.
bool public_search(const config::Config& config);

/// Changes guards, authenticator and answers of a site that is otherwise complete.
void speak_the_courses_letter(http::Site& site, Services& services, Loop& loop);

/// The {"msg": "..."} of Flask-JWT-Extended for a refusal about a token, and its status; nothing for others.
struct FlaskMessage {
  int status;
  std::string_view text;
};
std::optional<FlaskMessage> flask_message(const http::Request& request, const Error& error);

}  // namespace usher::app
