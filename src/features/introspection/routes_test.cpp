#include "features/introspection/routes.hpp"

#include "audit/audit.hpp"
#include "crypto/random.hpp"
#include "features/introspection/service.hpp"
#include "features/introspection/wire.hpp"
#include "features/sessions/store.hpp"
#include "features/users/store.hpp"
#include "testing/database.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include <array>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace usher::introspection {
namespace {

using namespace std::chrono_literals;
using sessions::EndReason;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Instant start_time{1'800'000'000s};
constexpr std::string_view inactive = R"({"active":false})";

std::shared_ptr<const tokens::KeyRing> a_ring()
{
  crypto::start();
  static const auto key = crypto::generate_key(crypto::Algorithm::es256);
  return std::make_shared<const tokens::KeyRing>(
      std::vector{tokens::make_signing_key(key, tokens::KeyState::active)}, Secret{crypto::random_bytes(32)}
  );
}

struct Introspect : ::testing::Test {
  ManualClock clock{start_time};
  testing::TestDatabase database{users::migrations(), sessions::migrations(), audit::migrations()};
  boost::asio::io_context loop{1};
  db::Door door{*database, loop.get_executor()};
  Published<tokens::KeyRing> ring{a_ring()};
  tokens::Options options{};
  tokens::Mint mint{ring, options, clock};
  metrics::Registry metrics;
  http::Router router;
  users::User ada = new_user();
  sessions::Session session = new_session();

  void SetUp() override { mount_with({}); }

  void mount_with(sessions::ReuseWindow reuse)
  {
    router = {};
    mount(router, {{.db = door, .mint = mint, .clock = clock, .reuse_window = reuse}, metrics});
  }

  template <class Work>
  auto write(Work work)
  {
    return testing::in(*database, std::move(work));
  }

  users::User new_user()
  {
    return write([&](db::Tx& tx) {
             const users::NewUser wanted{.profile = {.name = "Ada", .email = "ada@example.org", .age = 36}};
             return users::insert(tx, wanted, clock.now());
           }
    ).value();
  }

  sessions::Session new_session()
  {
    sessions::Session made{
        .id = crypto::make_uuid7(),
        .user = ada.id,
        .generation = ada.generation,
        .created = start_time,
        .refreshed = start_time,
        .idle_expires = start_time + options.refresh_ttl,
        .expires = start_time + 2 * options.refresh_ttl,
        .auth_time = start_time,
    };
    write([&](db::Tx& tx) { sessions::insert(tx, made); });
    return made;
  }

  tokens::AccessClaims access_claims() const
  {
    return {
        .subject = ada.id.value,
        .session = session.id,
        .generation = ada.generation,
        .fresh_until = Instant::max(),
        .auth_time = start_time,
        .amr = "pwd otp",
        .issued = start_time,
        .expires = start_time + options.access_ttl
    };
  }
  std::string access() { return mint.sign(access_claims()); }
  std::string refresh(std::int64_t counter = 1)
  {
    return mint.sign(tokens::RefreshClaims{
        .subject = ada.id.value,
        .session = session.id,
        .generation = ada.generation,
        .counter = counter,
        .issued = start_time,
        .expires = start_time + options.refresh_ttl
    });
  }

  void rotated_to(std::int64_t counter)
  {
    for (std::int64_t from = 1; from < counter; ++from) {
      write([&](db::Tx& tx) {
        return sessions::rotate(
            tx, {.id = session.id, .from = from, .now = clock.now(), .idle_expires = session.idle_expires}
        );
      });
    }
  }

  void end_session()
  {
    write([&](db::Tx& tx) { return sessions::end(tx, session.id, EndReason::logout, clock.now()); });
  }

  std::optional<EndReason> end_reason()
  {
    return write([&](db::Tx& tx) { return sessions::find(tx, session.id); })->end_reason;
  }

  static std::string form(const std::string& token) { return "token=" + token; }

  http::Answer ask(std::string_view path, const std::string& body)
  {
    http::Request request{.method = http::Method::post, .path = path, .body = body};
    request.client = "orders";
    const auto& handler = router.match(request).value()->handler;
    if (const auto* at_once = std::get_if<http::Router::AtOnce>(&handler)) {
      return (*at_once)(request);
    }
    std::optional<http::Answer> answer;
    auto run = [&]() -> Task<> { answer = co_await std::get<http::Router::Waits>(handler)(request); };
    boost::asio::co_spawn(loop, run, [](const std::exception_ptr& thrown) { EXPECT_EQ(thrown, nullptr); });
    loop.restart();
    while (!answer) {
      loop.run_one();
    }
    return *std::move(answer);
  }

  std::string introspected(const std::string& token) { return ask("/api/introspect", form(token))->body; }
  std::string revoked(const std::string& token)
  {
    const http::Answer answer = ask("/api/revoke", form(token));
    return std::to_string(answer->status) + " " + answer->body;
  }

  std::string counted(std::string_view labels)
  {
    const std::string text = metrics.exposition();
    const std::string name = "usher_client_requests_total{" + std::string{labels} + "} ";
    const std::size_t at = text.find(name);
    return at == std::string::npos ? "none"
                                   : text.substr(at + name.size(), text.find('\n', at) - at - name.size());
  }
};

TEST_F(Introspect, tells_what_an_access_token_says)
{
  const std::string told = introspected(access());
  EXPECT_THAT(
      told,
      ::testing::StartsWith(
          R"({"active":true,"token_type":"Bearer","type":"access","sub":"1","user_id":1,"iss":"usher",)"
          R"("exp":1800000900,"iat":1800000000,"nbf":1800000000,"jti":")"
      )
  );
  EXPECT_THAT(
      told,
      HasSubstr(
          R"("sid":")" + to_string(session.id) + R"(","gen":)" + std::to_string(ada.generation) +
          R"(,"fresh":true,"role":"USER","auth_time":1800000000,"amr":["pwd","otp"]})"
      )
  );
  EXPECT_THAT(told, Not(HasSubstr("aud")));
  EXPECT_THAT(told, Not(HasSubstr("example.org")));
}

TEST_F(Introspect, tells_what_a_refresh_token_says)
{
  const std::string told = introspected(refresh());
  EXPECT_THAT(told, ::testing::StartsWith(R"({"active":true,"type":"refresh","sub":"1","user_id":1,)"));
  EXPECT_THAT(told, HasSubstr(to_string(session.id)));
  EXPECT_THAT(told, Not(HasSubstr("fresh\":")));
  EXPECT_THAT(told, Not(HasSubstr("role")));
}

TEST_F(Introspect, tells_whether_a_token_is_fresh_now)
{
  tokens::AccessClaims claims = access_claims();
  claims.fresh_until = start_time + 60s;
  const std::string token = mint.sign(claims);
  EXPECT_THAT(introspected(token), HasSubstr(R"("fresh":true)"));
  clock.advance(61s);
  EXPECT_THAT(introspected(token), HasSubstr(R"("fresh":false)"));
}

TEST_F(Introspect, tells_nothing_of_what_is_no_token_of_ours)
{
  const std::string good = access();
  std::string tampered = good;
  tampered[tampered.size() / 2] = tampered[tampered.size() / 2] == 'A' ? 'B' : 'A';
  const std::array<std::string, 7> texts{
      "x", "a.b.c", "....", std::string(60'000, 'a'), tampered, good.substr(0, good.size() - 2), "%00%FF"
  };
  for (const std::string& text : texts) {
    EXPECT_EQ(introspected(text), inactive) << text.substr(0, 60);
  }
}

TEST_F(Introspect, tells_nothing_of_a_token_that_is_dead)
{
  const std::string token = access();
  ASSERT_NE(introspected(token), inactive);
  end_session();
  EXPECT_EQ(introspected(token), inactive);
  EXPECT_EQ(introspected(refresh()), inactive);
}

TEST_F(Introspect, tells_nothing_of_tokens_of_a_disabled_user)
{
  (void)write([&](db::Tx& tx) { return users::set_access(tx, ada.id, users::Access::disabled, clock.now()); }
  );
  EXPECT_EQ(introspected(access()), inactive);
  EXPECT_EQ(introspected(refresh()), inactive);
}

TEST_F(Introspect, tells_nothing_of_an_expired_token)
{
  const std::string token = access();
  clock.advance(options.access_ttl);
  EXPECT_EQ(introspected(token), inactive);
  EXPECT_NE(introspected(refresh()), inactive);
  clock.advance(options.refresh_ttl);
  EXPECT_EQ(introspected(refresh()), inactive);
}

TEST_F(Introspect, tells_nothing_of_a_role_that_was_never_given)
{
  tokens::AccessClaims claims = access_claims();
  claims.admin = true;
  EXPECT_EQ(introspected(mint.sign(claims)), inactive);
}

TEST_F(Introspect, knows_which_refresh_tokens_would_be_taken)
{
  rotated_to(3);
  EXPECT_EQ(introspected(refresh(1)), inactive);
  EXPECT_NE(introspected(refresh(2)), inactive);  // its answer was perhaps lost
  EXPECT_NE(introspected(refresh(3)), inactive);
  EXPECT_EQ(introspected(refresh(4)), inactive);
  mount_with(0s);
  EXPECT_EQ(introspected(refresh(2)), inactive);
  EXPECT_NE(introspected(refresh(3)), inactive);
}

TEST_F(Introspect, never_ends_a_session)
{
  rotated_to(5);
  const auto before = database->counts().commits;
  (void)introspected(refresh(1));
  EXPECT_EQ(database->counts().commits, before);
  EXPECT_EQ(end_reason(), std::nullopt);
}

TEST_F(Introspect, leaves_no_dead_token_remembered_as_good)
{
  const std::string token = access();
  end_session();
  (void)introspected(token);
  EXPECT_TRUE(mint.verify_access(token)->first_time);
}

TEST_F(Introspect, wants_a_token)
{
  for (const std::string_view path : {"/api/introspect", "/api/revoke"}) {
    for (const std::string body : {"", "token=", "tok=x", "token_type_hint=access_token"}) {
      const http::Answer answer = ask(path, body);
      ASSERT_FALSE(answer) << path << ' ' << body;
      EXPECT_EQ(answer.error().code(), "invalid_request") << path << ' ' << body;
    }
  }
}

TEST_F(Introspect, ends_the_session_of_an_access_token)
{
  EXPECT_EQ(revoked(access()), "200 {}");
  EXPECT_EQ(end_reason(), EndReason::revoked);
  EXPECT_EQ(introspected(access()), inactive);
}

TEST_F(Introspect, ends_the_session_of_any_refresh_token_of_it)
{
  rotated_to(4);
  EXPECT_EQ(revoked(refresh(1)), "200 {}");
  EXPECT_EQ(end_reason(), EndReason::revoked);
}

TEST_F(Introspect, notes_which_service_revoked)
{
  (void)revoked(access());
  const auto entries = write([](db::Tx& tx) { return audit::recent(tx, 0, {}); });
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].event, "session_revoked");
  EXPECT_EQ(entries[0].detail, "client=orders");
  EXPECT_EQ(entries[0].subject, ada.id.value);
  EXPECT_EQ(entries[0].session, session.id);
}

TEST_F(Introspect, writes_a_revocation_for_everybody_else)
{
  (void)revoked(access());
  const auto lines = write([](db::Tx& tx) { return sessions::revocations_since(tx, 0); });
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].session, session.id);
}

TEST_F(Introspect, says_yes_to_revoking_what_is_no_token)
{
  const std::string expired = access();
  clock.advance(options.access_ttl);
  for (const std::string& text : {std::string{"garbage"}, std::string{"a.b.c"}, expired}) {
    EXPECT_EQ(revoked(text), "200 {}") << text;
  }
  EXPECT_EQ(end_reason(), std::nullopt);
}

TEST_F(Introspect, keeps_the_first_reason)
{
  const std::string token = access();
  end_session();
  EXPECT_EQ(revoked(token), "200 {}");
  EXPECT_EQ(end_reason(), EndReason::logout);
  EXPECT_THAT(write([](db::Tx& tx) { return audit::recent(tx, 0, {}); }), ::testing::IsEmpty());
}

TEST_F(Introspect, counts_its_answers)
{
  (void)introspected(access());
  (void)introspected("x");
  (void)revoked("x");
  (void)revoked(access());
  EXPECT_EQ(counted(R"(what="introspect",outcome="active")"), "1");
  EXPECT_EQ(counted(R"(what="introspect",outcome="inactive")"), "1");
  EXPECT_EQ(counted(R"(what="revoke",outcome="nothing")"), "1");
  EXPECT_EQ(counted(R"(what="revoke",outcome="done")"), "1");
}

}  // namespace
}  // namespace usher::introspection
