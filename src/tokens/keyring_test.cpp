#include "tokens/keyring.hpp"

#include "tokens/jwk/jwk.hpp"
#include "tokens/workbench_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace usher::tokens {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string bytes(std::string_view text)
{
  return crypto::from_base64url(text).value();
}

TEST(Thumbprint, of_an_rsa_key_is_the_one_of_rfc_7638)
{
  const auto key = crypto::make_public_key(
      crypto::Algorithm::rs256,
      {.n = bytes("0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_"
                  "BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_"
                  "FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-"
                  "bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"),
       .e = bytes("AQAB")},
      2048
  );
  ASSERT_TRUE(key);
  EXPECT_EQ(thumbprint(*key), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

TEST(Thumbprint, of_an_ed25519_key_is_the_one_of_rfc_8037)
{
  const auto key = crypto::make_public_key(
      crypto::Algorithm::eddsa, {.x = bytes("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")}
  );
  ASSERT_TRUE(key);
  EXPECT_EQ(thumbprint(*key), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

TEST(Thumbprint, of_a_secret_does_not_show_it)
{
  const auto key = shared_key(crypto::Algorithm::hs256);
  EXPECT_EQ(thumbprint(*key).size(), 43U);
  EXPECT_NE(thumbprint(*key), key->pem().reveal());
}

TEST(Ring, publishes_public_halves_and_never_a_secret)
{
  const SigningKey next = make_signing_key(shared_key(crypto::Algorithm::es256), KeyState::next);
  const SigningKey active = make_signing_key(shared_key(crypto::Algorithm::hs256), KeyState::active);
  const SigningKey retired = make_signing_key(shared_key(crypto::Algorithm::eddsa), KeyState::retired);
  const auto ring = Workbench::ring({next, active, retired});
  EXPECT_THAT(ring->jwks(), HasSubstr(R"({"keys":[{"crv":"P-256","kty":"EC","x":")"));
  EXPECT_THAT(ring->jwks(), HasSubstr(R"("use":"sig","alg":"ES256","kid":")" + next.kid));
  EXPECT_THAT(ring->jwks(), HasSubstr(R"("use":"sig","alg":"EdDSA","kid":")" + retired.kid));
  EXPECT_THAT(ring->jwks(), Not(HasSubstr("oct")));
  EXPECT_THAT(ring->jwks(), Not(HasSubstr(active.kid)));
  EXPECT_THAT(ring->jwks(), Not(HasSubstr(R"("d":)")));
}

TEST(Ring, publishes_what_it_can_read_itself)
{
  const auto ring = Workbench::ring(
      {make_signing_key(shared_key(crypto::Algorithm::es256), KeyState::active),
       make_signing_key(shared_key(crypto::Algorithm::rs256), KeyState::next),
       make_signing_key(shared_key(crypto::Algorithm::eddsa), KeyState::retired)}
  );
  const auto keys = parse_keys(ring->jwks());
  ASSERT_TRUE(keys);
  ASSERT_EQ(keys->size(), 3U);
  for (const VerifyingKey& key : *keys) {
    EXPECT_EQ(key.kid, thumbprint(*key.key));
    EXPECT_NE(ring->find(key.kid), nullptr);
  }
}

TEST(Ring, has_an_etag_that_follows_its_keys)
{
  const SigningKey one = make_signing_key(shared_key(crypto::Algorithm::es256), KeyState::active);
  const SigningKey two = make_signing_key(shared_key(crypto::Algorithm::eddsa), KeyState::next);
  EXPECT_EQ(Workbench::ring({one})->jwks_etag(), Workbench::ring({one})->jwks_etag());
  EXPECT_NE(Workbench::ring({one})->jwks_etag(), Workbench::ring({one, two})->jwks_etag());
  EXPECT_THAT(Workbench::ring({one})->jwks_etag(), ::testing::MatchesRegex("\"[A-Za-z0-9_-]{43}\""));
}

TEST(Ring, knows_its_keys_by_name)
{
  const SigningKey active = make_signing_key(shared_key(crypto::Algorithm::es256), KeyState::active);
  const auto ring = Workbench::ring({active});
  EXPECT_EQ(ring->find(active.kid), &ring->active());
  EXPECT_EQ(ring->find(""), nullptr);
  EXPECT_EQ(ring->find("nobody"), nullptr);
}

TEST(RingDeathTest, holds_that_one_key_signs)
{
  const SigningKey one = make_signing_key(shared_key(crypto::Algorithm::es256), KeyState::active);
  const SigningKey two = make_signing_key(shared_key(crypto::Algorithm::eddsa), KeyState::active);
  EXPECT_DEATH(Workbench::ring({one, two}), "bug");
  EXPECT_DEATH(Workbench::ring({})->active(), "bug");
}

TEST(KeyStates, have_names_that_are_read_back)
{
  for (const KeyState state : {KeyState::next, KeyState::active, KeyState::retired}) {
    EXPECT_EQ(parse_key_state(name_of(state)), state);
  }
  EXPECT_EQ(parse_key_state("gone"), std::nullopt);
}

}  // namespace
}  // namespace usher::tokens
