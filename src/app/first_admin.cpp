#include "app/first_admin.hpp"

#include "app/start_fault.hpp"
#include "features/accounts/service.hpp"
#include "features/setup/service.hpp"
#include "features/users/store.hpp"
#include "passwords/policy.hpp"

#include <sysexits.h>

namespace usher::app {
namespace {

constexpr std::string_view name = "Administrator";
constexpr int age = 18;

bool has_admin(Services& services)
{
  return services.database->read_now([](db::Tx& tx) { return Result<bool>{users::exists_admin(tx)}; }
  ).value();
}

}  // namespace

void add_first_admin(Services& services)
{
  const config::Admin& admin = services.config.admin;
  if (admin.email.empty() || has_admin(services)) {
    return;
  }
  const std::string problem =
      passwords::problem_with(admin.password.reveal(), {admin.email}, services.password_options);
  if (!problem.empty()) {
    throw StartFault{EX_CONFIG, "admin.password (USHER_ADMIN_PASSWORD) " + problem};
  }
  const users::NewUser wanted{
      .profile = {.name = std::string{name}, .email = admin.email, .age = age},
      .role = users::Role::admin,
      .password_hash = services.passwords.hash_now(admin.password),
  };
  const Instant now = services.clock.now();
  const auto made = services.database->write_now([&](db::Tx& tx) -> Result<users::User> {
    return accounts::create_user(tx, {.caller = shell_caller(), .now = now}, wanted);
  });
  if (!made) {
    throw StartFault{
        EX_CONFIG,
        "admin.email = \"" + admin.email +
            "\" (USHER_ADMIN_EMAIL) cannot be an administrator: " + made.error().detail
    };
  }
  services.log.info("First administrator made", {{"user_id", made->id.value}});
}

std::optional<std::string> setup_link(Services& services, std::string_view url)
{
  const Instant now = services.clock.now();
  const auto token =
      services.database->write_now([&](db::Tx& tx) { return setup::make_setup_token(tx, now); });
  return token ? std::optional{setup::setup_url(url, *token)} : std::nullopt;
}

}  // namespace usher::app
