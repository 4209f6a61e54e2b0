#include "features/accounts/routes.hpp"

#include "audit/audit.hpp"
#include "crypto/random.hpp"
#include "features/accounts/service.hpp"
#include "features/addresses/front_testing.hpp"
#include "features/addresses/store.hpp"
#include "features/sessions/store.hpp"
#include "testing/database.hpp"

#include <gmock/gmock.h>

namespace usher::accounts {
namespace {

using http::Method;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* good = "correct horse battery staple";

class AccountRoutes : public ::testing::Test {
 protected:
  AccountRoutes()
  {
    mount(
        front_.router(),
        {.db = front_.door(),
         .passwords = passwords_,
         .guessing = guessing_,
         .hashing = hashing_,
         .cursors = cursors_,
         .clock = clock_}
    );
  }

  users::User add(const char* name, const char* email, users::Role role)
  {
    const users::NewUser wanted{.profile = {.name = name, .email = email, .age = 36}, .role = role};
    const Deed deed{.caller = shell_caller(), .now = clock_.now()};
    return testing::in(*database_, [&](db::Tx& tx) { return create_user(tx, deed, wanted); }).value();
  }

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
    return {
        .user = user.id.value,
        .session = session.id,
        .generation = user.generation,
        .admin = user.role == users::Role::admin,
        .fresh = true
    };
  }

  http::Answer as_root(Method method, const std::string& target, const std::string& body = {})
  {
    return front_.call(method, target, {.caller = caller_of(root_), .body = body});
  }

  http::Answer as_ada(Method method, const std::string& target, const std::string& body = {})
  {
    return front_.call(method, target, {.caller = caller_of(ada_), .body = body});
  }

  http::Answer as_nobody(const std::string& body)
  {
    return front_.call(Method::post, "/api/register", {.body = body});
  }

  static std::string_view code_of(const http::Answer& answer)
  {
    return answer ? "answered" : answer.error().code();
  }

  static std::string registration(const std::string& email)
  {
    return R"({"name":"Eve","email":")" + email + R"(","age":20,"password":")" + good + R"("})";
  }

  testing::TestDatabase database_{
      users::migrations(), addresses::migrations(), sessions::migrations(), audit::migrations()
  };
  ManualClock clock_{from_epoch(1'795'000'000)};
  passwords::Gate passwords_{{.threads = 1}};
  limits::Guessing guessing_{{.registrations_per_source = 3}, clock_};
  Hashing hashing_;
  crypto::HmacKey cursors_{Secret{std::string(32, 'k')}};
  testing::Front front_{*database_};
  users::User root_ = add("Root", "root@example.org", users::Role::admin);
  users::User ada_ = add("Ada", "ada@example.org", users::Role::user);
};

TEST_F(AccountRoutes, who_registers_gets_a_user_with_a_location_and_a_tag)
{
  const auto answer = as_nobody(registration("eve@example.org"));
  ASSERT_TRUE(answer) << answer.error().code();
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->location, "/api/users/3");
  EXPECT_EQ(answer->etag, "\"1\"");
  EXPECT_THAT(answer->body, HasSubstr(R"("role":"USER")"));
  EXPECT_THAT(answer->body, HasSubstr(R"("addresses":[])"));
  EXPECT_THAT(answer->body, Not(HasSubstr("password")));
}

TEST_F(AccountRoutes, a_bad_password_is_told_with_the_other_wrong_fields)
{
  const auto answer = as_root(
      Method::post, "/api/users", R"({"name":"","email":"eve@example.org","age":15,"password":"short"})"
  );
  ASSERT_EQ(code_of(answer), "fields_invalid");
  EXPECT_THAT(
      answer.error().fields,
      ::testing::UnorderedElementsAre(
          Field(&FieldError::field, "name"),
          Field(&FieldError::field, "age"),
          Field(&FieldError::field, "password")
      )
  );
}

TEST_F(AccountRoutes, a_password_is_not_ones_own_address)
{
  const auto answer =
      as_nobody(R"({"name":"E","email":"evelyn.xq@example.org","age":20,"password":"evelyn.xq@example.org"})"
      );
  ASSERT_EQ(code_of(answer), "fields_invalid");
  EXPECT_THAT(answer.error().fields, ElementsAre(Field(&FieldError::field, "password")));
}

TEST_F(AccountRoutes, nobody_registers_an_address_that_is_taken)
{
  EXPECT_EQ(code_of(as_nobody(registration("ADA@example.org"))), "email_taken");
}

TEST_F(AccountRoutes, one_source_registers_only_so_many)
{
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(as_nobody(registration("eve" + std::to_string(i) + "@example.org")));
  }
  EXPECT_EQ(code_of(as_nobody(registration("eve9@example.org"))), "too_many_attempts");
}

TEST_F(AccountRoutes, a_weak_password_is_named_beside_the_other_fields)
{
  const auto refused = as_nobody(R"({"name":"","email":"eve@example.org","age":20,"password":"password1"})");
  ASSERT_FALSE(refused);
  ASSERT_EQ(refused.error().fields.size(), 2U);
  EXPECT_EQ(refused.error().fields[0].field, "name");
  EXPECT_EQ(refused.error().fields[1].field, "password");
}

TEST_F(AccountRoutes, every_password_that_was_judged_counts_as_a_registration)
{
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(code_of(as_nobody(R"({"name":"","age":20})")), "fields_invalid");
  }
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(
        code_of(as_nobody(R"({"name":"E","email":"eve@example.org","age":20,"password":"short"})")),
        "fields_invalid"
    );
  }
  EXPECT_EQ(code_of(as_nobody(registration("eve@example.org"))), "too_many_attempts");
}

TEST_F(AccountRoutes, nobody_registers_where_registration_is_closed)
{
  testing::Front closed{*database_};
  mount(
      closed.router(),
      {.db = closed.door(),
       .passwords = passwords_,
       .guessing = guessing_,
       .hashing = hashing_,
       .cursors = cursors_,
       .clock = clock_,
       .options = {.registration = Registration::closed}}
  );
  for (const std::string& body : {registration("eve@example.org"), std::string{"{"}}) {
    EXPECT_EQ(code_of(closed.call(Method::post, "/api/register", {.body = body})), "registration_closed");
  }
  const auto made = closed.call(
      Method::post, "/api/users", {.caller = caller_of(root_), .body = registration("eve@example.org")}
  );
  EXPECT_TRUE(made) << "an administrator still makes accounts";
}

TEST_F(AccountRoutes, an_administrator_makes_users_of_any_role_and_number)
{
  const std::string body =
      R"({"name":"Eve","email":"eve@example.org","age":20,"role":"ADMIN","password":"correct horse battery staple"})";
  const auto answer = as_root(Method::post, "/api/users", body);
  ASSERT_TRUE(answer) << answer.error().code();
  EXPECT_EQ(answer->status, 201);
  EXPECT_THAT(answer->body, HasSubstr(R"("role":"ADMIN")"));
}

TEST_F(AccountRoutes, me_is_oneself)
{
  EXPECT_EQ(as_ada(Method::get, "/api/users/me")->body, as_ada(Method::get, "/api/users/2")->body);
}

TEST_F(AccountRoutes, what_names_no_user_is_not_found)
{
  for (const char* id : {"0", "01", "+1", "-1", "99", "1.0", "1e1", "0x1", "9223372036854775808"}) {
    EXPECT_EQ(code_of(as_root(Method::get, std::string{"/api/users/"} + id)), "user_not_found") << id;
  }
}

TEST_F(AccountRoutes, a_put_replaces_the_profile)
{
  const auto answer =
      as_ada(Method::put, "/api/users/me", R"({"name":"A","email":"ada@example.org","age":40})");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->etag, "\"2\"");
  EXPECT_THAT(answer->body, HasSubstr(R"("age":40)"));
}

TEST_F(AccountRoutes, a_stale_tag_changes_nothing)
{
  const auto answer = front_.call(
      Method::patch,
      "/api/users/2",
      {.caller = caller_of(ada_), .body = R"({"name":"A"})", .if_match = "\"9\""}
  );
  EXPECT_EQ(code_of(answer), "precondition_failed");
}

TEST_F(AccountRoutes, an_if_match_without_a_tag_changes_nothing)
{
  const auto answer = front_.call(
      Method::patch, "/api/users/2", {.caller = caller_of(ada_), .body = R"({"name":"A"})", .if_match = ""}
  );
  EXPECT_EQ(code_of(answer), "precondition_failed");
}

TEST_F(AccountRoutes, a_password_that_comes_with_a_stale_tag_or_a_taken_address_is_not_even_hashed)
{
  const auto before = passwords_.hashed();
  const std::string password = R"("password":"correct horse battery staple")";
  const auto stale = front_.call(
      Method::patch,
      "/api/users/2",
      {.caller = caller_of(ada_), .body = '{' + password + '}', .if_match = "\"999\""}
  );
  EXPECT_EQ(code_of(stale), "precondition_failed");
  const auto taken =
      as_ada(Method::patch, "/api/users/2", R"({"email":"root@example.org",)" + password + '}');
  EXPECT_EQ(code_of(taken), "email_taken");
  EXPECT_EQ(passwords_.hashed(), before);
}

TEST_F(AccountRoutes, a_user_with_two_passwords_being_hashed_waits_with_the_third)
{
  const std::string body = R"({"password":"correct horse battery staple"})";
  {
    const auto first = hashing_.admit(ada_.id);
    const auto second = hashing_.admit(ada_.id);
    EXPECT_EQ(code_of(as_ada(Method::patch, "/api/users/2", body)), "server_busy");
  }
  EXPECT_TRUE(as_ada(Method::patch, "/api/users/2", body));
}

TEST_F(AccountRoutes, a_user_cannot_set_a_role)
{
  EXPECT_EQ(code_of(as_ada(Method::patch, "/api/users/2", R"({"role":"ADMIN"})")), "role_forbidden");
  EXPECT_THAT(as_ada(Method::get, "/api/users/2")->body, HasSubstr(R"("role":"USER")"));
}

TEST_F(AccountRoutes, a_password_from_a_token_that_is_not_fresh_is_not_even_hashed)
{
  Caller stale = caller_of(ada_);
  stale.fresh = false;
  const auto before = passwords_.hashed();
  const auto answer = front_.call(
      Method::patch,
      "/api/users/2",
      {.caller = stale, .body = R"({"password":"correct horse battery staple"})"}
  );
  EXPECT_EQ(code_of(answer), "token_not_fresh");
  EXPECT_EQ(passwords_.hashed(), before);
}

TEST_F(AccountRoutes, a_new_password_is_held_against_the_name_that_stays)
{
  const auto answer = as_ada(Method::patch, "/api/users/2", R"({"password":"ada@example.org"})");
  EXPECT_EQ(code_of(answer), "fields_invalid");
}

TEST_F(AccountRoutes, a_new_password_makes_the_old_token_no_good_for_writing)
{
  ASSERT_TRUE(as_ada(Method::patch, "/api/users/2", R"({"password":"correct horse battery staple"})"));
  EXPECT_EQ(code_of(as_ada(Method::patch, "/api/users/2", R"({"name":"A"})")), "token_revoked");
}

TEST_F(AccountRoutes, a_deleted_user_is_gone)
{
  EXPECT_EQ(as_ada(Method::del, "/api/users/me")->body, R"({"message":"User deleted."})");
  EXPECT_EQ(code_of(as_root(Method::get, "/api/users/2")), "user_not_found");
  EXPECT_EQ(code_of(as_root(Method::del, "/api/users/2")), "user_not_found");
}

TEST_F(AccountRoutes, the_last_administrator_stays)
{
  EXPECT_EQ(code_of(as_root(Method::del, "/api/users/me")), "last_admin");
}

TEST_F(AccountRoutes, a_list_leads_to_its_next_page_and_ends)
{
  const auto first = as_root(Method::get, "/api/users?limit=1&sort=-name&q=r%6Fot");
  ASSERT_TRUE(first);
  EXPECT_THAT(first->body, HasSubstr(R"("next_cursor":null)"));
  EXPECT_THAT(first->headers, IsEmpty());

  const auto page = as_root(Method::get, "/api/users?limit=1&sort=-name");
  ASSERT_TRUE(page);
  ASSERT_EQ(page->headers.size(), 1U);
  const std::string& link = page->headers[0].value;
  EXPECT_THAT(link, StartsWith("</api/users?limit=1&sort=-name&cursor="));
  const auto next = as_root(Method::get, link.substr(1, link.find('>') - 1));
  ASSERT_TRUE(next) << next.error().code();
  EXPECT_THAT(next->body, HasSubstr(R"("name":"Ada")"));
  EXPECT_THAT(next->headers, IsEmpty());
}

TEST_F(AccountRoutes, a_cursor_of_another_sort_is_invalid)
{
  const auto page = as_root(Method::get, "/api/users?limit=1");
  const std::string& link = page->headers.at(0).value;
  const std::string cursor = link.substr(link.find("cursor="), link.find('>') - link.find("cursor="));
  EXPECT_EQ(code_of(as_root(Method::get, "/api/users?limit=1&" + cursor)), "answered");
  EXPECT_EQ(code_of(as_root(Method::get, "/api/users?limit=1&sort=name&" + cursor)), "cursor_invalid");
  EXPECT_EQ(code_of(as_root(Method::get, "/api/users?limit=1&cursor=%27%20OR%201")), "cursor_invalid");
}

TEST_F(AccountRoutes, every_wrong_parameter_of_a_list_is_told)
{
  const auto answer = as_root(Method::get, "/api/users?limit=0&role=admin&sort=age&q=a&q=b");
  ASSERT_EQ(code_of(answer), "fields_invalid");
  EXPECT_THAT(
      answer.error().fields,
      ElementsAre(
          Field(&FieldError::field, "limit"),
          Field(&FieldError::field, "role"),
          Field(&FieldError::field, "sort"),
          Field(&FieldError::field, "q")
      )
  );
}

TEST_F(AccountRoutes, a_limit_is_1_to_100)
{
  for (const char* limit : {"0", "101", "-1", "1.5", "", "+1", "1e1", "99999999999999999999"}) {
    EXPECT_EQ(code_of(as_root(Method::get, std::string{"/api/users?limit="} + limit)), "fields_invalid")
        << limit;
  }
  EXPECT_TRUE(as_root(Method::get, "/api/users?limit=100"));
}

}  // namespace
}  // namespace usher::accounts
