#include "features/auth/routes.hpp"

#include "features/auth/workbench_test.hpp"
#include "http/gate.hpp"
#include "passwords/policy.hpp"
#include "text/unicode.hpp"

#include <boost/asio/co_spawn.hpp>
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace usher::auth {
namespace {

using namespace std::chrono_literals;
using http::Answer;
using http::Method;
using http::Reply;

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view password = "correct horse battery staple";

struct Asked {
  Method method{Method::post};
  std::string path;
  std::string body{};
  std::string token{};
  std::string query{};
  std::string address{"203.0.113.7"};
};

/// The value of a text or number member of a flat JSON object.
std::string member(const Answer& answer, std::string_view name)
{
  if (!answer) {
    return "refused: " + std::string{answer.error().code()};
  }
  const std::string key = '"' + std::string{name} + "\":";
  const std::size_t at = answer->body.find(key);
  if (at == std::string::npos) {
    return "none";
  }
  const std::string_view rest = std::string_view{answer->body}.substr(at + key.size());
  if (rest.starts_with('"')) {
    return std::string{rest.substr(1, rest.find('"', 1) - 1)};
  }
  return std::string{rest.substr(0, rest.find_first_of(",}"))};
}

/// In UTF-8; all of these take three bytes.
void append_jamo(std::string& text, unsigned code_point)
{
  text += static_cast<char>(0xE0U | (code_point >> 12U));
  text += static_cast<char>(0x80U | ((code_point >> 6U) & 0x3FU));
  text += static_cast<char>(0x80U | (code_point & 0x3FU));
}

std::string code_of(const Answer& answer)
{
  return answer ? std::to_string(answer->status) : std::string{answer.error().code()};
}

struct AuthRoutes : Workbench {
  passwords::Gate gate{passwords::Options{.threads = 2}};
  limits::Guessing guessing{limits::Options{.per_account_and_source = 5, .per_account = 8}, clock};
  metrics::Registry metrics;
  TokenAuthenticator authenticator{mint, door, revoked, clock};
  http::Router router;

  void SetUp() override
  {
    Workbench::SetUp();
    const std::string real = gate.hash_now(Secret{password});
    write([&](db::Tx& tx) { users::replace_hash(tx, ada, hash, real); });
    hash = real;
    mount(
        router,
        {.db = door,
         .mint = mint,
         .passwords = gate,
         .guessing = guessing,
         .metrics = metrics,
         .clock = clock,
         .options = options}
    );
  }

  /// One request on its way through the gate to its handler.
  struct Call {
    Asked asked;
    std::string authorization{asked.token.empty() ? std::string{} : "Bearer " + asked.token};
    http::Request request{};
    std::optional<Answer> answer{};
  };

  /// All at once, on one loop, as one server thread would have them.
  std::vector<Answer> ask_all(const std::vector<Asked>& asked)
  {
    std::vector<std::unique_ptr<Call>> calls;
    for (const Asked& one : asked) {
      calls.push_back(std::make_unique<Call>(Call{.asked = one}));
      begin(*calls.back());
    }
    const auto waits = [](const std::unique_ptr<Call>& call) { return !call->answer; };
    loop.restart();
    while (std::ranges::any_of(calls, waits)) {
      loop.run_one();
    }
    std::vector<Answer> answers;
    for (const auto& call : calls) {
      answers.push_back(*std::move(call->answer));
    }
    return answers;
  }

  Answer ask(const Asked& asked) { return ask_all({asked}).front(); }

  void begin(Call& call)
  {
    http::Request& request = call.request;
    request.method = call.asked.method;
    request.path = call.asked.path;
    request.body = call.asked.body;
    request.query = call.asked.query;
    request.address = call.asked.address;
    request.user_agent = "curl/8";
    if (!call.authorization.empty()) {
      request.authorization = call.authorization;
    }
    const auto entry = router.match(request);
    if (!entry) {
      call.answer = entry.error();
      return;
    }
    if (const auto passed = http::pass(request, (*entry)->guard, authenticator); !passed) {
      call.answer = passed.error();
      return;
    }
    if (const auto* at_once = std::get_if<http::Router::AtOnce>(&(*entry)->handler)) {
      call.answer = (*at_once)(request);
      return;
    }
    auto run = [&call, reply = std::get<http::Router::Waits>((*entry)->handler)(request)]() mutable {
      return finish(call, std::move(reply));
    };
    boost::asio::co_spawn(loop, std::move(run), [](const std::exception_ptr& thrown) {
      EXPECT_EQ(thrown, nullptr);
    });
  }

  static Task<> finish(Call& call, Reply reply) { call.answer = co_await std::move(reply); }

  static Asked login_as(std::string_view email, std::string_view with = password)
  {
    return {
        .path = "/api/auth",
        .body = R"({"email":")" + std::string{email} + R"(","password":")" + std::string{with} + R"("})"
    };
  }

  Answer log_in_as(std::string_view email, std::string_view with = password)
  {
    return ask(login_as(email, with));
  }

  struct Tokens {
    std::string access;
    std::string refresh;
  };

  Tokens logged_in()
  {
    const Answer answer = log_in_as("ada@example.org");
    return {.access = member(answer, "access_token"), .refresh = member(answer, "refresh_token")};
  }

  Answer refresh_by(const std::string& token) { return ask({.path = "/api/refresh", .token = token}); }

  std::string code_with(const std::string& access)
  {
    return code_of(ask({.method = Method::get, .path = "/api/sessions", .token = access}));
  }
};

TEST_F(AuthRoutes, log_in_with_the_right_password)
{
  const Answer answer = log_in_as("ada@example.org");
  ASSERT_EQ(code_of(answer), "200");
  EXPECT_EQ(member(answer, "token_type"), "Bearer");
  EXPECT_EQ(member(answer, "expires_in"), "900");
  EXPECT_EQ(member(answer, "user_id"), std::to_string(ada.value));
  EXPECT_EQ(answer->cache_control, "no-store");
  const auto caller = authenticator.authenticate(member(answer, "access_token"), http::TokenUse::access);
  ASSERT_TRUE(caller);
  EXPECT_TRUE(caller->fresh);
}

TEST_F(AuthRoutes, know_every_spelling_of_an_address)
{
  EXPECT_EQ(code_of(log_in_as("ADA@Example.ORG")), "200");
}

TEST_F(AuthRoutes, answer_every_failure_alike_and_write_as_much)
{
  const users::UserId off = new_user("off@example.org", users::Role::user);
  disable(off);
  hash = "";
  new_user("invited@example.org", users::Role::user);
  const std::vector<Asked> failures{
      login_as("nobody@example.org"),
      login_as("ada@example.org", "wrong horse battery staple"),
      login_as("off@example.org"),
      login_as("invited@example.org"),
      login_as("not an address"),
      login_as(""),
      login_as("ada@example.org", ""),
  };
  const std::uint64_t hashed = gate.hashed();
  const std::uint64_t units = database->counts().units;
  for (const Asked& failure : failures) {
    const Answer answer = ask(failure);
    ASSERT_FALSE(answer) << failure.body;
    EXPECT_EQ(answer.error().refusal, &bad_credentials) << failure.body;
    EXPECT_EQ(answer.error().detail, bad_credentials.detail);
    EXPECT_TRUE(answer.error().fields.empty());
  }
  EXPECT_EQ(gate.hashed() - hashed, failures.size());
  EXPECT_EQ(database->counts().units - units, failures.size());
  EXPECT_EQ(audited("login_failed"), failures.size());
  EXPECT_EQ(audited("login"), 0U);
}

TEST_F(AuthRoutes, refuse_malformed_logins_before_any_work)
{
  const std::string long_password(passwords::password_bytes_max + 1, 'x');
  const std::string wide_password = [] {
    std::string text;
    for (std::size_t i = 0; i <= passwords::password_bytes_max / 2; ++i) {
      text += "\xC3\xA9";
    }
    return text;
  }();
  const std::vector<std::string> bodies{
      R"({})",
      R"({"email":"ada@example.org"})",
      R"({"password":"x"})",
      R"({"email":["ada@example.org"],"password":"x"})",
      R"({"email":{"$ne":""},"password":"x"})",
      R"({"email":"ada@example.org","password":true})",
      R"({"email":"ada@example.org","password":null})",
      R"({"email":"ada@example.org","password":"x","role":"ADMIN"})",
      R"({"email":"ada@example.org","password":")" + long_password + R"("})",
      R"({"email":"ada@example.org","password":")" + wide_password + R"("})",
      R"({"email":"nobody@example.org","password":")" + long_password + R"("})",
  };
  const std::uint64_t hashed = gate.hashed();
  for (const std::string& body : bodies) {
    EXPECT_EQ(code_of(ask({.path = "/api/auth", .body = body})), "fields_invalid") << body.substr(0, 80);
  }
  EXPECT_EQ(code_of(ask({.path = "/api/auth", .body = "nonsense"})), "json_invalid");
  EXPECT_EQ(gate.hashed(), hashed);
}

TEST_F(AuthRoutes, stop_guessing_but_only_from_where_it_comes)
{
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(code_of(log_in_as("ada@example.org", "wrong")), "bad_credentials");
  }
  const std::uint64_t hashed = gate.hashed();
  EXPECT_EQ(code_of(log_in_as("ADA@example.org", "wrong")), "too_many_attempts");
  EXPECT_EQ(gate.hashed(), hashed);
  Asked elsewhere = login_as("ada@example.org");
  elsewhere.address = "198.51.100.1";
  EXPECT_EQ(code_of(ask(elsewhere)), "200");
}

TEST_F(AuthRoutes, know_where_a_session_is_at_home_that_is_older_than_this_process)
{
  const std::string before_the_restart = mint.sign(refresh_claims(log_in(ada)));
  Asked refreshing{.path = "/api/refresh", .token = before_the_restart, .address = "198.51.100.7"};
  ASSERT_EQ(code_of(ask(refreshing)), "200");
  const auto log_in_from = [&](const std::string& address, std::string_view with) {
    Asked asked = login_as("ada@example.org", with);
    asked.address = address;
    return code_of(ask(asked));
  };
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(log_in_from("192.0.2." + std::to_string(i), "wrong"), "bad_credentials");
  }
  EXPECT_EQ(log_in_from("192.0.2.99", password), "too_many_attempts");
  EXPECT_EQ(log_in_from("198.51.100.7", password), "200");
}

TEST_F(AuthRoutes, let_every_password_in_that_registration_takes)
{
  // Decomposed, as macOS types it: 200 syllables are 600 code points and 1800 bytes.
  std::string wide;
  for (unsigned i = 0; i < 200; ++i) {
    const unsigned syllable = (i * 401) % 11172 / 28 * 28 + 1 + i % 27;
    append_jamo(wide, 0x1100 + syllable / 588);
    append_jamo(wide, 0x1161 + syllable % 588 / 28);
    append_jamo(wide, 0x11A7 + syllable % 28);
  }
  EXPECT_EQ(passwords::problem_with(wide, {"Ada", "ada@example.org"}, {}), "");
  const std::string stored_now = gate.hash_now(Secret{wide});
  write([&](db::Tx& tx) { users::replace_hash(tx, ada, hash, stored_now); });
  EXPECT_EQ(code_of(log_in_as("ada@example.org", wide)), "200");
  EXPECT_EQ(code_of(log_in_as("ada@example.org", text::nfc(wide))), "200");
}

TEST_F(AuthRoutes, evaluate_no_more_parallel_guesses_than_the_limit)
{
  const std::uint64_t hashed = gate.hashed();
  const auto answers = ask_all(std::vector<Asked>(50, login_as("ada@example.org", "wrong")));
  EXPECT_LE(gate.hashed() - hashed, 5U);
  for (const Answer& answer : answers) {
    EXPECT_FALSE(answer);
  }
}

TEST_F(AuthRoutes, let_all_parallel_right_logins_in)
{
  std::vector<std::string> codes;
  for (const Answer& answer : ask_all(std::vector<Asked>(20, login_as("ada@example.org")))) {
    codes.push_back(code_of(answer));
  }
  EXPECT_THAT(codes, Each(std::string{"200"}));
}

TEST_F(AuthRoutes, refresh_and_never_make_fresh)
{
  const Tokens tokens = logged_in();
  const Answer answer = refresh_by(tokens.refresh);
  ASSERT_EQ(code_of(answer), "200");
  EXPECT_EQ(member(answer, "token_type"), "Bearer");
  EXPECT_EQ(member(answer, "expires_in"), "900");
  EXPECT_EQ(member(answer, "user_id"), "none");
  EXPECT_NE(member(answer, "refresh_token"), tokens.refresh);
  const auto caller = authenticator.authenticate(member(answer, "access_token"), http::TokenUse::access);
  ASSERT_TRUE(caller);
  EXPECT_FALSE(caller->fresh);
}

TEST_F(AuthRoutes, write_nothing_to_repeat_a_refresh)
{
  const Tokens tokens = logged_in();
  ASSERT_EQ(code_of(refresh_by(tokens.refresh)), "200");
  const std::uint64_t units = database->counts().units;
  const Answer repeated = refresh_by(tokens.refresh);
  EXPECT_EQ(code_of(repeated), "200");
  EXPECT_EQ(database->counts().units, units);
  EXPECT_EQ(code_of(refresh_by(member(repeated, "refresh_token"))), "200");
}

TEST_F(AuthRoutes, end_the_session_of_a_stolen_refresh_token_at_once)
{
  const Tokens tokens = logged_in();
  const Tokens other = logged_in();
  const std::string second = member(refresh_by(tokens.refresh), "refresh_token");
  const Answer third = refresh_by(second);
  EXPECT_EQ(code_of(refresh_by(tokens.refresh)), "refresh_reused");
  EXPECT_EQ(code_with(tokens.access), "session_ended");
  EXPECT_EQ(code_with(member(third, "access_token")), "session_ended");
  EXPECT_EQ(code_of(refresh_by(member(third, "refresh_token"))), "session_ended");
  EXPECT_EQ(code_with(other.access), "200");
  EXPECT_EQ(audited("refresh_reused"), 1U);
}

TEST_F(AuthRoutes, take_each_token_only_where_it_belongs)
{
  const Tokens tokens = logged_in();
  EXPECT_EQ(code_with(tokens.refresh), "token_wrong_type");
  EXPECT_EQ(code_of(refresh_by(tokens.access)), "token_wrong_type");
  EXPECT_EQ(code_of(ask({.path = "/api/refresh"})), "token_missing");
}

TEST_F(AuthRoutes, freshen_a_session_in_place)
{
  const Tokens tokens = logged_in();
  const std::string stale = member(refresh_by(tokens.refresh), "access_token");
  clock.advance(1min);
  const auto show = [&](std::string_view with) {
    return ask({
        .path = "/api/auth/fresh",
        .body = R"({"password":")" + std::string{with} + R"("})",
        .token = stale,
    });
  };
  EXPECT_EQ(code_of(show("wrong")), "bad_credentials");
  EXPECT_EQ(show("wrong").error().detail, "The password is wrong.");
  const Answer answer = show(password);
  ASSERT_EQ(code_of(answer), "200");
  EXPECT_EQ(member(answer, "refresh_token"), "none");
  const auto caller = authenticator.authenticate(member(answer, "access_token"), http::TokenUse::access);
  ASSERT_TRUE(caller);
  EXPECT_TRUE(caller->fresh);
  EXPECT_EQ(caller->auth_time, start_time + 1min);
  EXPECT_EQ(caller->session, authenticator.authenticate(stale, http::TokenUse::access)->session);
}

TEST_F(AuthRoutes, count_guesses_at_both_doors_together)
{
  const Tokens tokens = logged_in();
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(
        code_of(ask({.path = "/api/auth/fresh", .body = R"({"password":"wrong"})", .token = tokens.access})),
        "bad_credentials"
    );
  }
  EXPECT_EQ(code_of(log_in_as("ada@example.org", "wrong")), "too_many_attempts");
}

TEST_F(AuthRoutes, log_out_at_once_and_only_once)
{
  const Tokens tokens = logged_in();
  const Asked logout{.path = "/api/logout", .token = tokens.access};
  EXPECT_EQ(code_of(ask(logout)), "200");
  EXPECT_EQ(code_of(ask(logout)), "session_ended");
  EXPECT_EQ(code_with(tokens.access), "session_ended");
  EXPECT_EQ(refresh_by(tokens.refresh).error().detail, "This session was logged out.");
}

TEST_F(AuthRoutes, list_sessions_and_tell_which_is_this_one)
{
  const Tokens first = logged_in();
  const Tokens second = logged_in();
  ASSERT_EQ(code_of(ask({.path = "/api/logout", .token = first.access})), "200");
  const Answer answer = ask({.method = Method::get, .path = "/api/sessions", .token = second.access});
  ASSERT_EQ(code_of(answer), "200");
  EXPECT_THAT(answer->body, HasSubstr(R"("current":true)"));
  EXPECT_THAT(answer->body, HasSubstr(R"("current":false)"));
  EXPECT_THAT(answer->body, HasSubstr(R"("end_reason":"logout")"));
  EXPECT_THAT(answer->body, HasSubstr(R"("user_agent":"curl/8")"));
  EXPECT_THAT(answer->body, HasSubstr(R"("amr":["pwd"])"));
}

TEST_F(AuthRoutes, end_one_other_session)
{
  const Tokens mine = logged_in();
  const Tokens other = logged_in();
  const Uuid id = authenticator.authenticate(other.access, http::TokenUse::access)->session;
  const auto end = [&](const std::string& sid) {
    return code_of(ask({.method = Method::del, .path = "/api/sessions/" + sid, .token = mine.access}));
  };
  EXPECT_EQ(end(to_string(id)), "200");
  EXPECT_EQ(code_with(other.access), "session_ended");
  EXPECT_EQ(code_with(mine.access), "200");
  EXPECT_EQ(end(to_string(crypto::make_uuid7())), "session_not_found");
  EXPECT_EQ(end("7"), "session_not_found");
}

TEST_F(AuthRoutes, end_all_other_sessions_or_all)
{
  const Tokens mine = logged_in();
  const Tokens other = logged_in();
  const auto end = [&](const std::string& query) {
    return code_of(ask({.method = Method::del, .path = "/api/sessions", .token = mine.access, .query = query})
    );
  };
  EXPECT_EQ(end("all=yes"), "fields_invalid");
  EXPECT_EQ(end(""), "200");
  EXPECT_EQ(code_with(other.access), "session_ended");
  EXPECT_EQ(code_with(mine.access), "200");
  EXPECT_EQ(end("all=true"), "200");
  EXPECT_EQ(code_with(mine.access), "session_ended");
}

TEST_F(AuthRoutes, let_only_administrators_end_the_sessions_of_others)
{
  const Tokens tokens = logged_in();
  const std::string path = "/api/users/" + std::to_string(ada.value) + "/sessions";
  EXPECT_EQ(code_of(ask({.method = Method::del, .path = path, .token = tokens.access})), "admin_only");
  new_user("root@example.org", users::Role::admin);
  const std::string root = member(log_in_as("root@example.org"), "access_token");
  EXPECT_EQ(code_of(ask({.method = Method::del, .path = path, .token = root})), "200");
  EXPECT_EQ(code_with(tokens.access), "session_ended");
  EXPECT_EQ(
      code_of(ask({.method = Method::del, .path = "/api/users/99/sessions", .token = root})), "user_not_found"
  );
}

TEST_F(AuthRoutes, show_an_administrator_the_sessions_of_others)
{
  const Tokens tokens = logged_in();
  new_user("root@example.org", users::Role::admin);
  new_user("bob@example.org", users::Role::user);
  const std::string root = member(log_in_as("root@example.org"), "access_token");
  const std::string bob = member(log_in_as("bob@example.org"), "access_token");
  const auto list = [&](const std::string& user, const std::string& token) {
    return ask({.method = Method::get, .path = "/api/users/" + user + "/sessions", .token = token});
  };
  const std::string id = std::to_string(ada.value);
  const Answer seen = list(id, root);
  ASSERT_EQ(code_of(seen), "200");
  EXPECT_THAT(seen->body, Not(HasSubstr(R"("current":true)")));
  const Answer own = list("me", tokens.access);
  ASSERT_EQ(code_of(own), "200");
  EXPECT_THAT(own->body, HasSubstr(R"("current":true)"));
  EXPECT_EQ(code_of(list(id, bob)), "not_yours");
  EXPECT_EQ(code_of(list("99", bob)), "not_yours");
  EXPECT_EQ(code_of(list("99", root)), "user_not_found");
  EXPECT_EQ(code_of(list("x", root)), "user_not_found");
}

TEST_F(AuthRoutes, let_an_administrator_end_one_session_of_another)
{
  const Tokens doomed = logged_in();
  const Tokens kept = logged_in();
  const std::string sid =
      to_string(authenticator.authenticate(doomed.access, http::TokenUse::access)->session);
  const std::string path = "/api/users/" + std::to_string(ada.value) + "/sessions/";
  new_user("root@example.org", users::Role::admin);
  const std::string root = member(log_in_as("root@example.org"), "access_token");
  const auto end = [&](const std::string& where, const std::string& token) {
    return code_of(ask({.method = Method::del, .path = where, .token = token}));
  };
  EXPECT_EQ(end(path + sid, kept.access), "admin_only");
  EXPECT_EQ(end(path + "7", root), "session_not_found");
  EXPECT_EQ(end("/api/users/99/sessions/" + sid, root), "user_not_found");
  EXPECT_EQ(code_with(doomed.access), "200");
  EXPECT_EQ(end(path + sid, root), "200");
  EXPECT_EQ(code_with(doomed.access), "session_ended");
  EXPECT_EQ(refresh_by(doomed.refresh).error().detail, "This session was ended by an administrator.");
  EXPECT_EQ(code_with(kept.access), "200");
}

TEST_F(AuthRoutes, put_no_password_and_no_hash_into_any_answer)
{
  const Tokens tokens = logged_in();
  const Answer listed = ask({.method = Method::get, .path = "/api/sessions", .token = tokens.access});
  EXPECT_THAT(log_in_as("ada@example.org")->body, Not(HasSubstr("argon2")));
  EXPECT_THAT(listed->body, Not(HasSubstr("argon2")));
}

}  // namespace
}  // namespace usher::auth
