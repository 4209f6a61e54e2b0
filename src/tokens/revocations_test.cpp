#include "tokens/revocations.hpp"

#include "json/document.hpp"
#include "tokens/offline.hpp"
#include "tokens/workbench_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <limits>

namespace usher::tokens {
namespace {

using namespace std::chrono_literals;

const Uuid session = parse_uuid("019ab7d2-7f3c-7a01-8b12-0123456789ab").value();

RevocationClaims some_claims()
{
  return {
      .from = 810,
      .seq = 812,
      .keep = 960s,
      .sessions = {session},
      .users = {{.id = 7, .generation = 3}},
      .issued = start_time,
  };
}

class RevocationStatements : public ::testing::TestWithParam<crypto::Algorithm> {
 protected:
  Workbench bench{GetParam()};
};

TEST_P(RevocationStatements, are_verified_with_the_keys_of_access_tokens)
{
  const std::string statement = bench.mint.sign(some_claims());
  const std::size_t first = statement.find('.');
  const std::size_t second = statement.rfind('.');
  EXPECT_TRUE(bench.key.public_key->verify(
      statement.substr(0, second), crypto::from_base64url(statement.substr(second + 1)).value()
  ));
  EXPECT_EQ(
      crypto::from_base64url(statement.substr(0, first)),
      R"({"alg":")" + std::string{crypto::name_of(GetParam())} + R"(","typ":"revocations+jwt","kid":")" +
          bench.key.kid + R"("})"
  );
  EXPECT_EQ(
      crypto::from_base64url(statement.substr(first + 1, second - first - 1)),
      R"({"iss":"usher","aud":"revocations","type":"revocations","iat":1800000000,"exp":0,)"
      R"("seq":812,"from":810,"keep":960,"sessions":["019ab7d2-7f3c-7a01-8b12-0123456789ab"],"users":{"7":3}})"
  );
}

TEST_P(RevocationStatements, pass_for_no_token)
{
  const std::string statement = bench.mint.sign(some_claims());
  EXPECT_EQ(bench.verdict(statement), "token_wrong_type");
  EXPECT_EQ(bench.refresh_verdict(statement), "token_wrong_type");
}

TEST_P(RevocationStatements, have_expired_to_who_takes_them_for_tokens)
{
  const auto keys = verifying_keys(*bench.published.current());
  const Demands demands{.now = start_time, .issuer = "usher", .audience = "revocations"};
  const auto verified = verify_with(std::span{keys}, bench.mint.sign(some_claims()), demands);
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code(), "token_expired");
}

INSTANTIATE_TEST_SUITE_P(
    each,
    RevocationStatements,
    ::testing::Values(
        crypto::Algorithm::es256, crypto::Algorithm::eddsa, crypto::Algorithm::rs256, crypto::Algorithm::hs256
    ),
    [](const auto& info) { return std::string{crypto::name_of(info.param)}; }
);

/// Another `typ`, the claims of a statement: what a server that looks at one of them only would let in.
TEST(RevocationClaims, pass_for_no_access_token_under_its_header_either)
{
  Workbench bench;
  const std::string payload = write_revocations(some_claims(), "usher");
  EXPECT_EQ(bench.verdict(bench.forged(object_of(bench.header()), payload)), "token_wrong_type");
}

TEST(RevocationClaims, say_nothing_new_in_a_form_that_readers_know)
{
  RevocationClaims claims = some_claims();
  claims.from = claims.seq;
  claims.sessions.clear();
  claims.users.clear();
  const std::string text = write_revocations(claims, "a \"quoted\" issuer");
  EXPECT_TRUE(json::parse_object(text));
  EXPECT_THAT(text, ::testing::HasSubstr(R"("seq":812,"from":812,"keep":960,"sessions":[],"users":{}})"));
}

TEST(RevocationClaims, keep_numbers_within_what_every_reader_takes_whole)
{
  RevocationClaims claims = some_claims();
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  claims.users = {{.id = 7, .generation = most}, {.id = most, .generation = 1}};
  EXPECT_THAT(
      write_revocations(claims, "usher"),
      ::testing::HasSubstr(R"("users":{"7":9007199254740991,"9223372036854775807":1}})")
  );
}

TEST(RevocationClaims, of_many_entries_are_one_statement_that_verifies)
{
  Workbench bench;
  RevocationClaims claims = some_claims();
  for (std::uint64_t low = 0; low < 20'000; ++low) {
    claims.sessions.push_back({.high = session.high, .low = low});
  }
  const std::string statement = bench.mint.sign(claims);
  const std::size_t first = statement.find('.');
  const std::size_t second = statement.rfind('.');
  EXPECT_EQ(
      crypto::from_base64url(statement.substr(first + 1, second - first - 1)),
      write_revocations(claims, "usher")
  );
  EXPECT_TRUE(bench.key.public_key->verify(
      statement.substr(0, second), crypto::from_base64url(statement.substr(second + 1)).value()
  ));
}

}  // namespace
}  // namespace usher::tokens
