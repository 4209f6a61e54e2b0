#include "features/users/rules.hpp"

#include "text/code_points.hpp"
#include "text/email.hpp"
#include "text/unicode.hpp"

#include <algorithm>

namespace usher::users {

std::string_view name_of(Role role)
{
  return role == Role::admin ? "ADMIN" : "USER";
}

std::optional<Role> parse_role(std::string_view text)
{
  if (text == "USER") {
    return Role::user;
  }
  if (text == "ADMIN") {
    return Role::admin;
  }
  return std::nullopt;
}

std::string_view problem_with_name(std::string_view name)
{
  if (!text::is_utf8(name)) {
    return "must be UTF-8";
  }
  const auto length = static_cast<std::int64_t>(text::length(name));
  if (length < 1 || length > name_length_max) {
    return "must be 1 to 30 characters";
  }
  return text::problem_with_line(name);
}

std::vector<FieldError> problems_with(const Profile& profile)
{
  std::vector<FieldError> wrong;
  if (const auto reason = problem_with_name(profile.name); !reason.empty()) {
    wrong.push_back({.field = "name", .reason = std::string{reason}});
  }
  if (const auto reason = text::problem_with_email(profile.email); !reason.empty()) {
    wrong.push_back({.field = "email", .reason = std::string{reason}});
  }
  if (profile.age < age_min || profile.age > age_max) {
    wrong.push_back({.field = "age", .reason = "must be 16 to 100"});
  }
  return wrong;
}

Result<Done> check(const Profile& profile)
{
  std::vector<FieldError> wrong = problems_with(profile);
  if (!wrong.empty()) {
    return refuse_fields(std::move(wrong));
  }
  return Done{};
}

bool same_mailbox(std::string_view a, std::string_view b)
{
  return std::ranges::equal(a, b, {}, text::ascii_lower, text::ascii_lower);
}

}  // namespace usher::users
