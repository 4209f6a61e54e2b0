#include "features/addresses/routes.hpp"

#include "audit/audit.hpp"
#include "crypto/random.hpp"
#include "features/addresses/front_testing.hpp"
#include "features/addresses/store.hpp"
#include "features/sessions/store.hpp"
#include "features/users/store.hpp"
#include "testing/database.hpp"

#include <gmock/gmock.h>

namespace usher::addresses {
namespace {

using http::Method;
using ::testing::HasSubstr;

constexpr const char* home =
    R"({"label":"home","address_line_1":"12 MG Road","city":"Bengaluru","state":"KA","pin":560001})";

class AddressRoutes : public ::testing::Test {
 protected:
  AddressRoutes() { mount(front_.router(), {.db = front_.door(), .clock = clock_}); }

  users::User add_user(const char* email)
  {
    const users::NewUser wanted{.profile = {.name = "Somebody", .email = email, .age = 36}};
    return testing::in(
               *database_, [&](db::Tx& tx) { return users::insert(tx, wanted, clock_.now()); }
    ).value();
  }

  /// The caller of a session of their own.
  Caller caller_of(const users::User& user)
  {
    const sessions::Session session{
        .id = crypto::make_uuid7(),
        .user = user.id,
        .generation = user.generation,
        .idle_expires = clock_.now() + std::chrono::hours{1},
        .expires = clock_.now() + std::chrono::hours{1}
    };
    testing::in(*database_, [&](db::Tx& tx) { sessions::insert(tx, session); });
    return {.user = user.id.value, .session = session.id, .generation = user.generation};
  }

  http::Answer as_ada(
      Method method,
      const std::string& rest,
      const std::string& body = {},
      const std::optional<std::string>& if_match = {}
  )
  {
    return front_.call(
        method, "/api/users/" + rest, {.caller = caller_of(ada_), .body = body, .if_match = if_match}
    );
  }

  static std::string_view code_of(const http::Answer& answer)
  {
    return answer ? "answered" : answer.error().code();
  }

  testing::TestDatabase database_{
      users::migrations(), migrations(), sessions::migrations(), audit::migrations()
  };
  ManualClock clock_{from_epoch(1'795'000'000)};
  testing::Front front_{*database_};
  users::User ada_ = add_user("ada@example.org");
  users::User bob_ = add_user("bob@example.org");
};

TEST_F(AddressRoutes, a_new_address_has_a_location_and_a_tag)
{
  const auto answer = as_ada(Method::post, "me/addresses", home);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->location, "/api/users/1/addresses/1");
  EXPECT_EQ(answer->etag, "\"1\"");
  EXPECT_THAT(answer->body, HasSubstr(R"("country":"IN")"));
}

TEST_F(AddressRoutes, an_address_is_read_replaced_patched_and_deleted)
{
  ASSERT_TRUE(as_ada(Method::post, "1/addresses", home));
  EXPECT_THAT(as_ada(Method::get, "1/addresses/1")->body, HasSubstr("12 MG Road"));
  EXPECT_EQ(as_ada(Method::put, "1/addresses/1", home, "\"1\"")->etag, "\"2\"");
  EXPECT_THAT(
      as_ada(Method::patch, "1/addresses/1", R"({"label":null})")->body, HasSubstr(R"("label":null)")
  );
  EXPECT_EQ(as_ada(Method::del, "1/addresses/1")->body, R"({"message":"Address deleted."})");
  EXPECT_EQ(as_ada(Method::get, "1/addresses")->body, R"({"addresses":[]})");
}

TEST_F(AddressRoutes, what_names_no_address_is_not_found)
{
  ASSERT_TRUE(as_ada(Method::post, "1/addresses", home));
  for (const char* id : {"0", "01", "-1", "2", "1.0", "0x1", "me", "9223372036854775808"}) {
    EXPECT_EQ(code_of(as_ada(Method::get, std::string{"1/addresses/"} + id)), "address_not_found") << id;
  }
  EXPECT_EQ(code_of(as_ada(Method::get, "01/addresses/1")), "user_not_found");
}

TEST_F(AddressRoutes, anothers_address_is_not_found_under_ones_own_path)
{
  ASSERT_TRUE(front_.call(Method::post, "/api/users/2/addresses", {.caller = caller_of(bob_), .body = home}));
  EXPECT_EQ(code_of(as_ada(Method::get, "1/addresses/1")), "address_not_found");
  EXPECT_EQ(code_of(as_ada(Method::put, "1/addresses/1", home)), "address_not_found");
  EXPECT_EQ(code_of(as_ada(Method::patch, "1/addresses/1", "{}")), "address_not_found");
  EXPECT_EQ(code_of(as_ada(Method::del, "1/addresses/1")), "address_not_found");
}

TEST_F(AddressRoutes, a_stale_tag_changes_nothing)
{
  ASSERT_TRUE(as_ada(Method::post, "1/addresses", home));
  for (const char* tag : {"\"9\"", "W/\"1\"", ""}) {
    EXPECT_EQ(code_of(as_ada(Method::put, "1/addresses/1", home, tag)), "precondition_failed");
    EXPECT_EQ(code_of(as_ada(Method::patch, "1/addresses/1", "{}", tag)), "precondition_failed");
    EXPECT_EQ(code_of(as_ada(Method::del, "1/addresses/1", {}, tag)), "precondition_failed");
  }
  EXPECT_EQ(as_ada(Method::get, "1/addresses/1")->etag, "\"1\"");
}

}  // namespace
}  // namespace usher::addresses
