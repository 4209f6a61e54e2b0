#include "app/first_admin.hpp"
#include "app/maintenance.hpp"
#include "app/start_fault.hpp"
#include "app/testing.hpp"
#include "features/users/store.hpp"
#include "http/openapi.hpp"
#include "http/route_notes.hpp"

#include <gmock/gmock.h>

namespace usher::app {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST(Site, leaves_nothing_unsaid_about_any_route)
{
  House house;
  EXPECT_THAT(http::gaps(house.site().router), IsEmpty());
}

TEST(Site, has_every_route_of_the_contract)
{
  House house;
  const http::Router& router = house.site().router;
  for (const std::string_view path :
       {"/api/register",
        "/api/auth",
        "/api/auth/fresh",
        "/api/refresh",
        "/api/logout",
        "/api/sessions",
        "/api/sessions/x",
        "/api/users",
        "/api/users/7",
        "/api/users/7/addresses",
        "/api/users/7/addresses/9",
        "/api/users/search",
        "/.well-known/jwks.json",
        "/healthz",
        "/readyz",
        "/metrics",
        "/openapi.json",
        "/docs",
        "/setup"}) {
    EXPECT_NE(router.allowed(path), "") << path;
  }
}

TEST(Site, keeps_a_new_key_pair_a_next_one_and_its_secrets)
{
  House house;
  EXPECT_EQ(house.services.ring.current()->keys().size(), 2U);
  EXPECT_EQ(house.services.ring.current()->active().algorithm, crypto::Algorithm::es256);
}

TEST(FirstAdmin, has_a_link_until_there_is_one)
{
  House house;
  EXPECT_THAT(setup_link(house.services, "http://x").value_or(""), StartsWith("http://x/setup#"));
}

TEST(FirstAdmin, comes_from_the_settings_once)
{
  config::Config settings;
  settings.admin = {.email = "root@example.org", .password = Secret{std::string{"lantern drizzle orbit"}}};
  House house{std::move(settings)};
  add_first_admin(house.services);
  add_first_admin(house.services);
  EXPECT_EQ(
      house.services.database->read_now([](db::Tx& tx) { return Result<std::int64_t>{users::count(tx)}; }
      ).value(),
      1
  );
  EXPECT_EQ(setup_link(house.services, "http://x"), std::nullopt);
}

TEST(FirstAdmin, needs_a_password_that_holds)
{
  config::Config settings;
  settings.admin = {.email = "root@example.org", .password = Secret{std::string{"password"}}};
  House house{std::move(settings)};
  EXPECT_THROW(add_first_admin(house.services), StartFault);
}

TEST(Maintenance, changes_nothing_when_nothing_is_due)
{
  House house;
  const std::string before = house.services.ring.current()->active().kid;
  keep_house(house.services);
  EXPECT_EQ(house.services.ring.current()->active().kid, before);
}

TEST(Maintenance, ends_at_once_when_it_is_told_to)
{
  House house;
  const Maintenance maintenance{house.services, std::chrono::hours{1}};
}

}  // namespace
}  // namespace usher::app
