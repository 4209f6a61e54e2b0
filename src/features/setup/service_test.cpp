#include "features/setup/service.hpp"

#include "audit/audit.hpp"
#include "crypto/random.hpp"
#include "features/addresses/store.hpp"
#include "features/sessions/store.hpp"
#include "features/setup/store.hpp"
#include "testing/database.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace usher::setup {
namespace {

using namespace std::chrono_literals;
using testing::in;

struct Setup : ::testing::Test {
  Setup() { crypto::start(); }

  testing::TestDatabase database{
      users::migrations(),
      addresses::migrations(),
      sessions::migrations(),
      audit::migrations(),
      setup::migrations(),
  };
  Instant now{1'800'000'000s};

  std::string new_token()
  {
    return in(*database, [&](db::Tx& tx) { return make_setup_token(tx, now); }).value();
  }

  Result<users::User> spend(const std::string& token)
  {
    const FirstAdministrator first{
        .token = token,
        .profile = {.name = "Root", .email = "root@example.org", .age = 40},
        .password_hash = "$hash$",
    };
    return in(*database, [&](db::Tx& tx) { return make_first_administrator(tx, first, {}, now); });
  }

  std::string code_of(const std::string& token)
  {
    const auto outcome = spend(token);
    return outcome ? std::string{"done"} : std::string{outcome.error().code()};
  }
};

TEST_F(Setup, makes_an_administrator_once)
{
  const std::string token = new_token();
  const auto admin = spend(token);
  ASSERT_TRUE(admin);
  EXPECT_EQ(admin->role, users::Role::admin);
  EXPECT_EQ(code_of(token), "setup_closed");
}

TEST_F(Setup, gives_no_link_once_there_is_an_administrator)
{
  ASSERT_TRUE(spend(new_token()));
  const auto again = in(*database, [&](db::Tx& tx) { return make_setup_token(tx, now); });
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code(), "setup_closed");
}

TEST_F(Setup, takes_no_other_token)
{
  const std::string token = new_token();
  EXPECT_EQ(code_of(""), "setup_link_invalid");
  EXPECT_EQ(code_of(token.substr(1)), "setup_link_invalid");
  EXPECT_EQ(code_of(token + "x"), "setup_link_invalid");
  EXPECT_EQ(code_of(crypto::random_token(32)), "setup_link_invalid");
  EXPECT_EQ(code_of(token), "done");
}

TEST_F(Setup, lets_a_newer_link_replace_the_older)
{
  const std::string older = new_token();
  const std::string newer = new_token();
  EXPECT_EQ(code_of(older), "setup_link_invalid");
  EXPECT_EQ(code_of(newer), "done");
}

TEST_F(Setup, lets_a_link_expire)
{
  const std::string token = new_token();
  now += link_life;
  EXPECT_EQ(code_of(token), "setup_link_invalid");
}

TEST_F(Setup, keeps_the_link_when_the_administrator_is_refused)
{
  const std::string token = new_token();
  const FirstAdministrator bad{
      .token = token,
      .profile = {.name = "Root", .email = "not an address", .age = 40},
      .password_hash = "$hash$",
  };
  EXPECT_FALSE(in(*database, [&](db::Tx& tx) { return make_first_administrator(tx, bad, {}, now); }));
  EXPECT_EQ(code_of(token), "done");
}

TEST_F(Setup, makes_one_administrator_however_many_come_at_once)
{
  const std::string token = new_token();
  std::atomic<int> made{0};
  std::vector<std::thread> crowd;
  for (int i = 0; i < 20; ++i) {
    crowd.emplace_back([&] { made += spend(token) ? 1 : 0; });
  }
  for (std::thread& one : crowd) {
    one.join();
  }
  EXPECT_EQ(made, 1);
}

TEST_F(Setup, puts_the_token_into_the_fragment)
{
  EXPECT_EQ(setup_url("http://127.0.0.1:8080", "abc"), "http://127.0.0.1:8080/setup#abc");
}

}  // namespace
}  // namespace usher::setup
