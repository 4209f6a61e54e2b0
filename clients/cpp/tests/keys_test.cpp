// Keys: which texts are keys, and which keys are good at what time, with a clock of their own. And the pieces
// that the follower is made of: max-age, and events out of bytes.

#include "event_reader.hpp"
#include "key_store.hpp"
#include "signing.hpp"
#include "usher_verify.hpp"

#include <gtest/gtest.h>
#include <openssl/crypto.h>
#include <openssl/x509.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace usher::verify {
namespace {

using std::chrono::steady_clock;

class Keys : public ::testing::Test {
 protected:
  KeyStore store{};
  KeyStore::Steady now{steady_clock::time_point{} + std::chrono::hours{1}};

  using State = KeyStore::State;
  State find(std::string_view kid) { return store.find(kid, now).state; }
  void fetch(std::initializer_list<const Signer*> signers, seconds max_age = seconds{300})
  {
    Json list = Json::array();
    for (const Signer* signer : signers) {
      list.push_back(signer->jwk());
    }
    store.fetch_begins(now);
    store.fetched(*parse_jwks(Json{{"keys", list}}.dump(), Secrets::refused), max_age, now);
  }
  const Signer& es256 = shared_signer(Algorithm::es256);
  const Signer& eddsa = shared_signer(Algorithm::eddsa);
};

TEST_F(Keys, are_not_fetched_before_somebody_needs_one)
{
  EXPECT_FALSE(store.fetch_is_due(now));
  EXPECT_EQ(find(es256.kid()), State::pending);
  EXPECT_TRUE(store.fetch_is_due(now));
  fetch({&es256});
  EXPECT_EQ(find(es256.kid()), State::found);
  EXPECT_FALSE(store.fetch_is_due(now));
}

TEST_F(Keys, are_fetched_again_when_they_have_expired)
{
  fetch({&es256}, seconds{60});
  EXPECT_FALSE(store.fetch_is_due(now + seconds{59}));
  EXPECT_TRUE(store.fetch_is_due(now + seconds{60}));
}

TEST_F(Keys, outlive_a_failing_fetch)
{
  fetch({&es256});
  store.fetch_begins(now);
  store.fetch_failed(now);
  EXPECT_EQ(find(es256.kid()), State::found);
  EXPECT_EQ(find("new"), State::unavailable) << "nobody can say";
}

TEST_F(Keys, of_unknown_name_cause_a_fetch_every_five_seconds_at_most)
{
  fetch({&es256});
  EXPECT_EQ(find("a"), State::unknown);
  now += seconds{5};
  EXPECT_EQ(find("b"), State::pending);
  EXPECT_EQ(find("c"), State::pending) << "waits for the same fetch";
  fetch({&es256});
  EXPECT_EQ(find("b"), State::unknown);
  now += seconds{5};
  EXPECT_EQ(find("b"), State::unknown) << "the service was asked about it";
  EXPECT_FALSE(store.fetch_is_due(now));
  now += seconds{60};
  EXPECT_EQ(find("b"), State::pending);
}

TEST_F(Keys, that_disappear_take_what_they_verified_with_them)
{
  fetch({&es256});
  const std::uint64_t before = store.version();
  fetch({&es256, &eddsa});
  EXPECT_EQ(store.version(), before) << "another key changes nothing for the first";
  fetch({&eddsa});
  EXPECT_NE(store.version(), before);
  EXPECT_EQ(find(es256.kid()), State::unknown);
}

TEST_F(Keys, under_an_old_name_with_new_contents_are_new)
{
  fetch({&es256});
  const std::uint64_t before = store.version();
  const Signer other{Algorithm::es256, es256.kid()};
  fetch({&other});
  EXPECT_NE(store.version(), before);
}

TEST_F(Keys, off_the_network_are_never_secrets)
{
  const Signer& secret = shared_signer(Algorithm::hs256);
  const auto set = parse_jwks(secret.jwks(), Secrets::refused);
  ASSERT_TRUE(set);
  EXPECT_TRUE(set->keys().empty());
  EXPECT_EQ(parse_jwks(secret.jwks(), Secrets::taken)->keys().size(), 1U);
}

TEST_F(Keys, that_do_not_fit_are_left_out)
{
  const Json good = es256.jwk();
  for (const Json& bad :
       {with(good, "use", "enc"),
        with(good, "alg", "ES384"),
        with(good, "crv", "P-384"),
        without(good, "y"),
        with(good, "x", good["y"]),
        with(good, "x", "AAAA"),
        with(good, "kty", "oct"),
        with(good, "kty", 7),
        with(shared_signer(Algorithm::rs256).jwk(), "n", "AQAB"),
        with(shared_signer(Algorithm::rs256).jwk(), "e", "AQ"),
        Json(7),
        Json(nullptr)}) {
    const auto set = parse_jwks(Json{{"keys", Json::array({bad, good})}}.dump(), Secrets::refused);
    ASSERT_TRUE(set) << bad;
    EXPECT_EQ(set->keys().size(), 1U) << bad;
  }
  for (const char* bad : {"", "x", "[]", "{}", R"({"keys":{}})", R"({"keys":7})"}) {
    EXPECT_FALSE(parse_jwks(bad, Secrets::refused)) << bad;
  }
}

TEST_F(Keys, may_be_given_as_pem_jwk_or_secret)
{
  for (const Algorithm algorithm : {Algorithm::es256, Algorithm::eddsa, Algorithm::rs256}) {
    const auto set = parse_keys(shared_signer(algorithm).pem());
    ASSERT_TRUE(set);
    EXPECT_EQ(set->find("any name")->algorithm(), algorithm);
    EXPECT_TRUE(parse_keys(" " + shared_signer(algorithm).jwk().dump() + "\n"));
  }
  EXPECT_TRUE(parse_keys(encode_base64url(shared_signer(Algorithm::hs256).secret()) + "\n"));
  EXPECT_FALSE(parse_keys(encode_base64url("a secret of only 31 bytes......")));
  EXPECT_FALSE(parse_keys("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"));
}

TEST_F(Keys, of_an_unknown_name_begin_one_fetch_which_one_waits_for)
{
  fetch({&es256});
  now += seconds{5};
  EXPECT_TRUE(store.find("a", now).begins);
  EXPECT_FALSE(store.find("a", now).begins);
  EXPECT_FALSE(store.find("b", now).begins);
  store.fetch_begins(now);
  EXPECT_FALSE(store.find("c", now).begins);
}

TEST_F(Keys, of_one_name_count_once_the_first)
{
  const Signer second{Algorithm::es256, es256.kid()};
  fetch({&es256, &second});
  const std::uint64_t before = store.version();
  const KeyPtr key = store.find(es256.kid(), now).key;
  fetch({&es256, &second});
  EXPECT_EQ(store.find(es256.kid(), now).key, key);
  EXPECT_EQ(store.version(), before) << "nothing changed";
  const std::string message = "message";
  EXPECT_TRUE(key->verify(message, es256.signature(message)));
  EXPECT_FALSE(key->verify(message, second.signature(message)));
}

std::string spki_of(const Signer& signer)
{
  unsigned char* bytes = nullptr;
  const int size = i2d_PUBKEY(signer.handle(), &bytes);
  std::string der{reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
  OPENSSL_free(bytes);
  return der;
}

TEST_F(Keys, that_are_public_never_become_secrets)
{
  for (const Algorithm algorithm : {Algorithm::es256, Algorithm::eddsa, Algorithm::rs256}) {
    const Signer& signer = shared_signer(algorithm);
    const std::string der = spki_of(signer);
    const std::string jwk = signer.jwk().dump();
    for (const std::string& text :
         {der,
          encode_base64url(der),
          encode_base64url(der + "\n"),
          encode_base64url(signer.pem()),
          encode_base64url("x" + signer.pem()),
          encode_base64url(jwk),
          encode_base64url("\xEF\xBB\xBF " + signer.jwks()),
          "-----BEGIN" + encode_base64url(der),
          Json{{"kty", "oct"}, {"k", encode_base64url(der)}}.dump(),
          Json{{"kty", "oct"}, {"k", encode_base64url(signer.pem())}}.dump()}) {
      EXPECT_FALSE(parse_keys(text)) << text;
      EXPECT_THROW((Verifier{Settings{.max_stale = std::nullopt, .keys = text}}), std::invalid_argument);
    }
    for (const std::string& text :
         {"\xEF\xBB\xBF" + jwk,
          " \n\xEF\xBB\xBF\t" + signer.jwks(),
          "\xEF\xBB\xBF" + signer.pem(),
          "Subject: a key\n" + signer.pem()}) {
      const auto set = parse_keys(text);
      ASSERT_TRUE(set) << text;
      EXPECT_EQ(set->find(signer.kid())->algorithm(), algorithm) << text;
    }
  }
  EXPECT_TRUE(parse_keys(encode_base64url("{a secret that only begins like a JWK, of 32 bytes and more")));
}

TEST(MaxAge, is_kept_within_what_is_sensible)
{
  EXPECT_EQ(max_age_of(""), seconds{300});
  EXPECT_EQ(max_age_of("public, max-age=60"), seconds{60});
  EXPECT_EQ(max_age_of("max-age=0"), seconds{5});
  EXPECT_EQ(max_age_of("max-age=99999999999999999999"), seconds{86'400});
  EXPECT_EQ(max_age_of("max-age=x"), seconds{300});
}

TEST(Events, come_out_whole_however_the_bytes_are_cut)
{
  const std::string stream =
      "\xEF\xBB\xBFretry: 1000\n\n: comment\r\nid: 7\r\nevent: revocations\r\ndata: "
      "one\r\n\r\nevent:x\rdata\rdata:two\r\r"
      "data: three\n\nevent: lost\n\n";
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    EventReader reader{1000};
    std::vector<Event> events;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      for (Event& event : reader.feed(std::string_view{stream}.substr(at, piece))) {
        events.push_back(std::move(event));
      }
    }
    ASSERT_EQ(events.size(), 3U) << piece;
    EXPECT_EQ(events[0].name + '=' + events[0].data, "revocations=one");
    EXPECT_EQ(events[1].name + '=' + events[1].data, "x=\ntwo");
    EXPECT_EQ(events[2].name + '=' + events[2].data, "message=three");
  }
}

TEST(Events, beyond_the_bound_break_the_reader)
{
  EventReader reader{10};
  reader.feed("data: 0123");
  EXPECT_FALSE(reader.is_broken());
  reader.feed("456789");
  EXPECT_TRUE(reader.is_broken());
}

}  // namespace
}  // namespace usher::verify
