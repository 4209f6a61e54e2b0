#include "tokens/mint.hpp"

#include "tokens/offline.hpp"
#include "tokens/workbench_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace usher::tokens {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class Minting : public ::testing::TestWithParam<crypto::Algorithm> {
 protected:
  Workbench bench{GetParam()};
};

TEST_P(Minting, gives_access_tokens_that_come_back_whole)
{
  const AccessClaims claims = Workbench::access_claims();
  const auto verified = bench.mint.verify_access(bench.mint.sign(claims));
  ASSERT_TRUE(verified);
  const AccessClaims& read = *verified->claims;
  EXPECT_TRUE(verified->first_time);
  EXPECT_EQ(read.subject, claims.subject);
  EXPECT_EQ(read.session, claims.session);
  EXPECT_EQ(read.generation, claims.generation);
  EXPECT_EQ(read.admin, claims.admin);
  EXPECT_EQ(read.fresh_until, claims.fresh_until);
  EXPECT_EQ(read.auth_time, claims.auth_time);
  EXPECT_EQ(read.amr, claims.amr);
  EXPECT_EQ(read.issued, claims.issued);
  EXPECT_EQ(read.expires, claims.expires);
}

TEST_P(Minting, gives_refresh_tokens_that_come_back_whole)
{
  const RefreshClaims claims = Workbench::refresh_claims();
  const auto read = bench.mint.verify_refresh(bench.mint.sign(claims));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->subject, claims.subject);
  EXPECT_EQ(read->session, claims.session);
  EXPECT_EQ(read->generation, claims.generation);
  EXPECT_EQ(read->counter, claims.counter);
  EXPECT_EQ(read->issued, claims.issued);
  EXPECT_EQ(read->expires, claims.expires);
}

TEST_P(Minting, tells_one_kind_of_token_from_the_other)
{
  EXPECT_EQ(bench.verdict(bench.mint.sign(Workbench::refresh_claims())), "token_wrong_type");
  EXPECT_EQ(bench.refresh_verdict(bench.mint.sign(Workbench::access_claims())), "token_wrong_type");
}

TEST_P(Minting, does_not_call_a_forgery_a_wrong_type)
{
  std::string access = bench.mint.sign(Workbench::access_claims());
  std::string refresh = bench.mint.sign(Workbench::refresh_claims());
  access[access.size() - 10] = access[access.size() - 10] == 'A' ? 'B' : 'A';
  refresh[refresh.size() - 10] = refresh[refresh.size() - 10] == 'A' ? 'B' : 'A';
  EXPECT_EQ(bench.verdict(refresh), "token_signature_invalid");
  EXPECT_EQ(bench.refresh_verdict(access), "token_signature_invalid");
}

TEST_P(Minting, is_understood_by_whoever_has_the_public_keys)
{
  const std::string token = bench.mint.sign(Workbench::access_claims());
  const auto keys = verifying_keys(*bench.published.current());
  EXPECT_TRUE(verify_with(std::span{keys}, token, {.now = start_time, .issuer = "usher"}));
  const bool is_public = GetParam() != crypto::Algorithm::hs256;
  EXPECT_EQ(
      verify_with(bench.published.current()->jwks(), token, {.now = start_time}).has_value(), is_public
  );
}

INSTANTIATE_TEST_SUITE_P(
    each,
    Minting,
    ::testing::Values(
        crypto::Algorithm::es256, crypto::Algorithm::eddsa, crypto::Algorithm::rs256, crypto::Algorithm::hs256
    ),
    [](const auto& info) { return std::string{crypto::name_of(info.param)}; }
);

TEST(AccessTokens, hold_the_members_that_others_look_for)
{
  Workbench bench;
  const auto decoded = inspect(bench.mint.sign(Workbench::access_claims()));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->header, R"({"alg":"ES256","typ":"at+jwt","kid":")" + bench.key.kid + R"("})");
  EXPECT_THAT(
      decoded->payload,
      ::testing::MatchesRegex(
          R"(\{"iss":"usher","sub":"7","iat":1800000000,"nbf":1800000000,"exp":1800000900,"jti":"[A-Za-z0-9_-]{22}",)"
          R"("type":"access","fresh":true,"sid":"0190163d-8694-739b-aea5-966c26f8ad91","gen":3,"user_id":7,)"
          R"("role":"ADMIN","auth_time":1799999940,"amr":\["pwd","otp"\]\})"
      )
  );
}

TEST(AccessTokens, say_until_when_they_are_fresh)
{
  Workbench bench;
  AccessClaims claims = Workbench::access_claims();
  claims.fresh_until = {};
  EXPECT_THAT(inspect(bench.mint.sign(claims))->payload, HasSubstr(R"("fresh":false)"));
  EXPECT_FALSE(bench.mint.verify_access(bench.mint.sign(claims))->claims->fresh(start_time));
  claims.fresh_until = start_time + 30s;
  const std::string token = bench.mint.sign(claims);
  EXPECT_THAT(inspect(token)->payload, HasSubstr(R"("fresh":1800000030)"));
  EXPECT_TRUE(bench.mint.verify_access(token)->claims->fresh(start_time + 29s));
  EXPECT_FALSE(bench.mint.verify_access(token)->claims->fresh(start_time + 30s));
}

TEST(AccessTokens, are_fresh_for_as_long_as_the_options_say)
{
  EXPECT_EQ(fresh_until({}, start_time), Instant::max());
  EXPECT_EQ(fresh_until({.fresh_for = 300s}, start_time), start_time + 300s);
}

TEST(AccessTokens, name_an_audience_only_where_one_is_configured)
{
  Workbench with_audience{crypto::Algorithm::es256, {.audience = "shop"}};
  const std::string token = with_audience.mint.sign(Workbench::access_claims());
  EXPECT_THAT(inspect(token)->payload, HasSubstr(R"("aud":"shop")"));
  EXPECT_EQ(with_audience.verdict(token), "");
  Workbench plain;
  const std::string plain_token = plain.mint.sign(Workbench::access_claims());
  EXPECT_THAT(inspect(plain_token)->payload, Not(HasSubstr("aud")));
  EXPECT_EQ(with_audience.verdict(plain_token), "token_claims_invalid");
  EXPECT_EQ(plain.verdict(token), "token_claims_invalid");
}

TEST(AccessTokens, end_when_they_say)
{
  Workbench bench;
  const std::string token = bench.mint.sign(Workbench::access_claims());
  bench.clock.advance(899s);
  EXPECT_EQ(bench.verdict(token), "");
  bench.clock.advance(1s);
  EXPECT_EQ(bench.verdict(token), "token_expired");
  Workbench another;
  another.clock.advance(900s);
  EXPECT_EQ(another.verdict(token), "token_expired") << "not remembered, and still expired";
}

TEST(AccessTokens, have_at_most_a_minute_of_leeway)
{
  Workbench bench{crypto::Algorithm::es256, {.leeway = 3600s}};
  const std::string token = bench.mint.sign(Workbench::access_claims());
  bench.clock.advance(900s + 59s);
  EXPECT_EQ(bench.verdict(token), "");
  bench.clock.advance(1s);
  EXPECT_EQ(bench.verdict(token), "token_expired");
}

TEST(AccessTokens, do_not_hold_before_their_time)
{
  Workbench bench;
  const RawMembers payload = Workbench::access_payload();
  EXPECT_EQ(bench.verdict(bench.forged(with(payload, "nbf", "1800000001"))), "token_not_yet_valid");
  EXPECT_EQ(bench.verdict(bench.forged(with(payload, "iat", "1800000001"))), "token_not_yet_valid");
  bench.clock.advance(1s);
  EXPECT_EQ(bench.verdict(bench.forged(with(payload, "nbf", "1800000001"))), "");
}

TEST(AccessTokens, do_not_hold_before_their_time_even_when_remembered)
{
  Workbench bench;
  bench.clock.advance(100s);
  const std::string token = bench.forged(with(Workbench::access_payload(), "nbf", "1800000100"));
  EXPECT_EQ(bench.verdict(token), "");
  bench.clock.advance(-50s);
  EXPECT_EQ(bench.verdict(token), "token_not_yet_valid");
}

TEST(RefreshTokens, hold_also_when_the_clock_was_set_back_after_they_were_made)
{
  Workbench bench;
  bench.clock.advance(1h);
  RefreshClaims claims = Workbench::refresh_claims();
  claims.issued = bench.clock.now();
  const std::string token = bench.mint.sign(claims);
  bench.clock.advance(-1h);
  EXPECT_TRUE(bench.mint.verify_refresh(token));
}

TEST(Remembering, asks_the_live_question_once)
{
  Workbench bench;
  const std::string token = bench.mint.sign(Workbench::access_claims());
  EXPECT_TRUE(bench.mint.verify_access(token)->first_time);
  EXPECT_FALSE(bench.mint.verify_access(token)->first_time);
  bench.mint.forget(token);
  EXPECT_TRUE(bench.mint.verify_access(token)->first_time);
}

TEST(Remembering, asks_again_when_a_clock_that_was_set_back_keeps_a_token_alive)
{
  static std::chrono::steady_clock::time_point uptime{};
  Workbench bench;
  Mint mint{bench.published, {}, bench.clock, [] { return uptime; }};
  const std::string token = mint.sign(Workbench::access_claims());
  EXPECT_TRUE(mint.verify_access(token)->first_time);
  uptime += 900s;
  EXPECT_FALSE(mint.verify_access(token)->first_time);
  uptime += 1s;
  EXPECT_TRUE(mint.verify_access(token)->first_time);
  EXPECT_FALSE(mint.verify_access(token)->first_time);
}

TEST(Remembering, is_of_the_whole_token_not_of_a_part)
{
  Workbench bench;
  const std::string token = bench.mint.sign(Workbench::access_claims());
  EXPECT_EQ(bench.verdict(token), "");
  for (std::size_t length = 0; length < token.size(); ++length) {
    EXPECT_NE(bench.verdict(token.substr(0, length)), "") << length;
  }
  EXPECT_NE(bench.verdict(token + ' '), "");
  EXPECT_NE(bench.verdict(token + '\0'), "");
}

TEST(Remembering, goes_on_over_a_rotation_while_the_key_is_published)
{
  Workbench bench;
  const std::string token = bench.mint.sign(Workbench::access_claims());
  ASSERT_EQ(bench.verdict(token), "");
  SigningKey old = bench.key;
  old.state = KeyState::retired;
  const SigningKey fresh = make_signing_key(crypto::generate_key(crypto::Algorithm::es256), KeyState::active);
  bench.published.publish(Workbench::ring({old, fresh}));
  EXPECT_FALSE(bench.mint.verify_access(token)->first_time);
  EXPECT_THAT(inspect(bench.mint.sign(Workbench::access_claims()))->header, HasSubstr(fresh.kid));
}

TEST(Remembering, ends_when_the_key_is_gone)
{
  Workbench bench;
  const std::string token = bench.mint.sign(Workbench::access_claims());
  ASSERT_EQ(bench.verdict(token), "");
  bench.published.publish(
      Workbench::ring({make_signing_key(crypto::generate_key(crypto::Algorithm::es256), KeyState::active)})
  );
  EXPECT_EQ(bench.verdict(token), "token_signature_invalid");
}

TEST(Remembering, is_bounded_and_keeps_working_when_full)
{
  Workbench bench{crypto::Algorithm::hs256};
  std::string last;
  for (int i = 0; i < 40'000; ++i) {
    last = bench.mint.sign(Workbench::access_claims());
    ASSERT_TRUE(bench.mint.verify_access(last)->first_time);
  }
  EXPECT_FALSE(bench.mint.verify_access(last)->first_time);
}

TEST(RefreshTokens, end_when_they_say)
{
  Workbench bench;
  const std::string token = bench.mint.sign(Workbench::refresh_claims());
  bench.clock.advance(86399s);
  EXPECT_EQ(bench.refresh_verdict(token), "");
  bench.clock.advance(1s);
  EXPECT_EQ(bench.refresh_verdict(token), "token_expired");
}

TEST(RefreshTokens, are_never_the_same_twice)
{
  Workbench bench;
  EXPECT_NE(bench.mint.sign(Workbench::refresh_claims()), bench.mint.sign(Workbench::refresh_claims()));
}

TEST(RefreshTokens, need_every_claim)
{
  Workbench bench;
  const RawMembers payload = Workbench::refresh_payload();
  ASSERT_EQ(bench.refresh_verdict(bench.forged_refresh(payload)), "");
  for (const std::string_view name : {"iss", "sub", "iat", "exp", "jti", "type", "sid", "gen", "n"}) {
    EXPECT_EQ(bench.refresh_verdict(bench.forged_refresh(without(payload, name))), "token_claims_invalid")
        << name;
    EXPECT_EQ(
        bench.refresh_verdict(bench.forged_refresh(with(payload, name, "null"))), "token_claims_invalid"
    ) << name;
    EXPECT_EQ(bench.refresh_verdict(bench.forged_refresh(with(payload, name, "1.5"))), "token_claims_invalid")
        << name;
  }
  for (const std::string_view counter : {"-1", "9223372036854775808", "\"4\"", "[4]", "4e0", "true"}) {
    EXPECT_EQ(
        bench.refresh_verdict(bench.forged_refresh(with(payload, "n", counter))), "token_claims_invalid"
    ) << counter;
  }
}

// A service that forgets to look at `type` must not be able to take a refresh token for an access token.
TEST(RefreshTokens, are_signed_by_no_published_key)
{
  Workbench bench{crypto::Algorithm::hs256};
  const std::string refresh = bench.mint.sign(Workbench::refresh_claims());
  const auto keys = verifying_keys(*bench.published.current());
  const auto verified = verify_with(std::span{keys}, refresh, {.now = start_time});
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code(), "token_signature_invalid");
}

}  // namespace
}  // namespace usher::tokens
