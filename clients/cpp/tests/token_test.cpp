// What a token must be, without any network: every check, and every trick we know of.

#include "refusals.hpp"
#include "signing.hpp"
#include "usher_verify.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

namespace usher::verify {
namespace {

class Tokens : public ::testing::TestWithParam<Algorithm> {
 protected:
  const Signer& signer = shared_signer(GetParam());
  std::atomic<std::int64_t> now{start};
  Json body = claims_at(start);

  Settings settings() const
  {
    return {.max_stale = std::nullopt, .keys = signer.jwks(), .clock = [this] {
              return std::chrono::system_clock::time_point{seconds{now.load()}};
            }};
  }
  std::unique_ptr<Verifier> verifier_{std::make_unique<Verifier>(settings())};

  /// "" when it is taken, else the slug.
  std::string verdict(std::string_view token, const Demand& demand = {}) const
  {
    const Verdict verdict = verifier_->verify(token, demand);
    return verdict ? "" : verdict.refusal().error;
  }
  std::string claims_verdict(const Json& payload, const Demand& demand = {}) const
  {
    return verdict(signer.token(payload), demand);
  }
  std::string header_verdict(const Json& header) const { return verdict(signer.sign(header, body)); }
};

TEST_P(Tokens, a_good_one_tells_what_it_says)
{
  const Verdict verdict = verifier_->verify(signer.token(body));
  ASSERT_TRUE(verdict) << verdict.refusal().error;
  EXPECT_EQ(verdict->user_id, 7);
  EXPECT_EQ(verdict->subject, "7");
  EXPECT_EQ(verdict->role, "USER");
  EXPECT_EQ(verdict->session, some_session);
  EXPECT_EQ(verdict->generation, 3);
  EXPECT_EQ(verdict->token_id, "an-id");
  EXPECT_EQ(verdict->issued, Instant{seconds{start}});
  EXPECT_EQ(verdict->expires, Instant{seconds{start + 900}});
  EXPECT_EQ(verdict->auth_time, Instant{seconds{start}});
  EXPECT_EQ(verdict->fresh_until, Instant::max());
  EXPECT_EQ(verdict->methods, std::vector<std::string>{"pwd"});
  EXPECT_EQ(Json::parse(verdict->json), body);
}

TEST_P(Tokens, the_second_time_it_comes_out_of_the_cache_the_same)
{
  const std::string token = signer.token(body);
  const Verdict first = verifier_->verify(token);
  const Verdict second = verifier_->verify(token);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(&first.claims(), &second.claims());
}

TEST_P(Tokens, the_key_decides_the_algorithm)
{
  for (const char* alg :
       {"none",
        "None",
        "NONE",
        "nOnE",
        "none ",
        "",
        "HS384",
        "RS512",
        "PS256",
        "ES384",
        "ES256K",
        "Ed448",
        "es256",
        "eddsa",
        "hs256",
        "ES256",
        "EdDSA",
        "RS256",
        "HS256"}) {
    if (alg == signer.alg()) {
      continue;
    }
    const Json header = with(signer.header(), "alg", alg);
    EXPECT_EQ(header_verdict(header), "token_signature_invalid") << alg;
    const std::string bare = encode_base64url(header.dump()) + '.' + encode_base64url(body.dump()) + '.';
    EXPECT_EQ(verdict(bare), "token_signature_invalid") << alg;
  }
  EXPECT_EQ(header_verdict(without(signer.header(), "alg")), "token_signature_invalid");
  for (const Json& alg :
       {Json(nullptr), Json(0), Json(true), Json::array(), Json::object(), Json::array({"ES256"})}) {
    EXPECT_EQ(header_verdict(with(signer.header(), "alg", alg)), "token_malformed") << alg;
  }
}

TEST_P(Tokens, no_public_key_is_ever_a_secret)
{
  if (GetParam() == Algorithm::hs256) {
    GTEST_SKIP() << "has no public key";
  }
  const Json header = with(signer.header(), "alg", "HS256");
  const std::string message = encode_base64url(header.dump()) + '.' + encode_base64url(body.dump());
  for (const std::string& secret :
       {signer.pem(), signer.jwks(), signer.jwk().dump(), signer.kid(), std::string{}}) {
    Sha256 mac{};
    EVP_Q_mac(
        nullptr,
        "HMAC",
        nullptr,
        "SHA256",
        nullptr,
        secret.data(),
        secret.size(),
        reinterpret_cast<const unsigned char*>(message.data()),
        message.size(),
        mac.data(),
        mac.size(),
        nullptr
    );
    const std::string token =
        message + '.' + encode_base64url({reinterpret_cast<const char*>(mac.data()), 32});
    EXPECT_EQ(verdict(token), "token_signature_invalid");
  }
}

TEST_P(Tokens, a_key_in_the_header_is_not_used)
{
  const Signer mine{Algorithm::es256, "mine"};
  for (const Json& header :
       {with(mine.header(), "jwk", mine.jwk()),
        without(with(mine.header(), "jwk", mine.jwk()), "kid"),
        with(with(signer.header(), "alg", "ES256"), "jwk", mine.jwk()),
        with(mine.header(), "jku", "http://127.0.0.1:9/jwks.json"),
        with(mine.header(), "x5u", "http://127.0.0.1:9/"),
        with(mine.header(), "x5c", {"MIIB"})}) {
    EXPECT_EQ(verdict(mine.sign(header, body)), "token_signature_invalid") << header;
  }
}

TEST_P(Tokens, a_name_of_a_key_is_looked_up_and_nothing_else)
{
  for (const char* kid :
       {"", "../../dev/null", "/dev/null", "' OR 1=1 --", "key", "KEY-ES256", "key-ES256 "}) {
    EXPECT_EQ(header_verdict(with(signer.header(), "kid", kid)), "token_signature_invalid") << kid;
  }
  EXPECT_EQ(header_verdict(without(signer.header(), "kid")), "token_signature_invalid");
  EXPECT_EQ(header_verdict(with(signer.header(), "kid", 7)), "token_malformed");
  EXPECT_EQ(header_verdict(with(signer.header(), "kid", std::string(5000, 'k'))), "token_signature_invalid");
}

TEST_P(Tokens, what_we_do_not_do_is_refused)
{
  for (const auto& [name, value] :
       {std::pair<std::string, Json>{"crit", {"exp"}},
        {"b64", false},
        {"zip", "DEF"},
        {"enc", "A128GCM"},
        {"cty", "JWT"},
        {"cty", "jwt"}}) {
    EXPECT_EQ(header_verdict(with(signer.header(), name, value)), "token_malformed") << name;
  }
  EXPECT_EQ(header_verdict(with(signer.header(), "x", {{"nested", {1, 2}}})), "") << "strangers do no harm";
}

TEST_P(Tokens, the_wrong_type_is_refused_in_header_and_claims)
{
  for (const char* typ : {"JWT", "rt+jwt", "revocations+jwt", "AT+JWT", ""}) {
    EXPECT_EQ(header_verdict(with(signer.header(), "typ", typ)), "token_wrong_type") << typ;
  }
  EXPECT_EQ(header_verdict(without(signer.header(), "typ")), "token_wrong_type");
  EXPECT_EQ(claims_verdict(with(body, "type", "refresh")), "token_wrong_type");
  EXPECT_EQ(claims_verdict(without(body, "type")), "token_claims_invalid");
  EXPECT_EQ(claims_verdict(with(body, "type", 1)), "token_claims_invalid");
}

TEST_P(Tokens, its_form_is_strict)
{
  const std::string good = signer.token(body);
  const std::size_t first = good.find('.');
  const std::size_t second = good.rfind('.');
  for (const std::string& bad :
       {std::string{"x"},
        std::string{".."},
        std::string{"..."},
        good.substr(0, second),
        good + '.',
        good + ".x",
        good + '=',
        good + ' ',
        ' ' + good,
        good + '\n',
        good.substr(0, first) + "=" + good.substr(first),
        good.substr(0, first) + "+" + good.substr(first + 1),
        std::string(9000, 'a'),
        good + std::string(9000, 'a')}) {
    EXPECT_EQ(verdict(bad), "token_malformed") << bad;
  }
  EXPECT_EQ(verdict(""), "token_missing");
  EXPECT_EQ(verdict(std::string_view{"\0\0", 2}), "token_malformed");
}

TEST_P(Tokens, unused_bits_of_the_signature_are_zero)
{
  std::string token = signer.token(body);
  // 64, 256 and 32 bytes leave unused bits in the last letter: the next letter decodes to the same bytes.
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  token.back() = alphabet[alphabet.find(token.back()) + 1];
  EXPECT_EQ(verdict(token), "token_malformed");
}

TEST_P(Tokens, every_changed_letter_is_noticed)
{
  const std::string good = signer.token(body);
  for (std::size_t at = 0; at < good.size(); at += 7) {
    std::string bad = good;
    bad[at] = bad[at] == 'A' ? 'B' : 'A';
    EXPECT_NE(verdict(bad), "") << at;
  }
}

TEST_P(Tokens, odd_signatures_are_refused)
{
  const std::string message = encode_base64url(signer.header().dump()) + '.' + encode_base64url(body.dump());
  const std::string good = signer.signature(message);
  const std::string one = std::string(31, '\0') + '\x01';
  for (const std::string& signature :
       {std::string{},
        std::string(1, '\0'),
        std::string(32, '\0'),
        std::string(64, '\0'),
        std::string(64, '\xFF'),
        std::string(256, '\0'),
        std::string(64, '\0') + good,
        good + '\0',
        '\0' + good,
        good + good,
        good.substr(0, good.size() - 1),
        good.substr(1),
        one + std::string(32, '\0'),
        std::string(32, '\0') + one,
        one + one}) {
    EXPECT_EQ(verdict(message + '.' + encode_base64url(signature)), "token_signature_invalid");
  }
}

TEST_P(Tokens, json_is_strict)
{
  const std::string header = signer.header().dump();
  const std::string payload = body.dump();
  const std::string open = payload.substr(0, payload.size() - 1);
  for (const std::string& bad :
       {std::string{},
        std::string{"null"},
        std::string{"[]"},
        std::string{"\"x\""},
        payload + "x",
        open,
        open + ",}",
        open + R"(,"role":"ADMIN"})",
        open + R"(,"x":1,"x":2})",
        open + R"(,"x":{"a":1,"a":2}})",
        open + R"(,"x":"\ud800"})",
        open + ",\"x\":\"\xFF\"}",
        open + R"(,"x":1e999})",
        open + R"(,"x":01})",
        open + R"(,"x":NaN})",
        open + "/**/}",
        "\xEF\xBB\xBF" + payload,
        payload + '\0',
        payload + '\0' + payload}) {
    EXPECT_EQ(verdict(signer.sign(header, bad)), "token_malformed") << bad;
  }
  EXPECT_EQ(
      verdict(signer.sign(header.substr(0, header.size() - 1) + R"(,"alg":"none"})", payload)),
      "token_malformed"
  );
  EXPECT_EQ(verdict(signer.sign(std::string(4000, '['), payload)), "token_malformed");
  EXPECT_EQ(verdict(signer.sign(header, open + R"(,"x":[{"y":[1]}],"z":-1.5e3})")), "")
      << "strangers do no harm";
}

TEST_P(Tokens, claims_are_what_they_should_be)
{
  for (const char* name : {"iss", "sub", "iat", "exp", "jti", "fresh", "sid", "gen", "role"}) {
    EXPECT_EQ(claims_verdict(without(body, name)), "token_claims_invalid") << name;
    EXPECT_EQ(claims_verdict(with(body, name, nullptr)), "token_claims_invalid") << name;
    EXPECT_EQ(claims_verdict(with(body, name, Json::object())), "token_claims_invalid") << name;
  }
  for (const char* name : {"iat", "exp", "nbf", "gen", "auth_time"}) {
    for (const Json& value : {Json("1"), Json(1.5), Json(-1), Json(1e300), Json(18446744073709551615U)}) {
      EXPECT_EQ(claims_verdict(with(body, name, value)), "token_claims_invalid") << name << value;
    }
  }
  for (const char* sub : {"", "0", "07", "-7", "+7", "7 ", "x", "99999999999999999999", "7.0"}) {
    EXPECT_EQ(claims_verdict(with(body, "sub", sub)), "token_claims_invalid") << sub;
  }
  EXPECT_EQ(claims_verdict(with(body, "user_id", 8)), "token_claims_invalid");
  EXPECT_EQ(claims_verdict(with(body, "iss", "usher ")), "token_claims_invalid");
  EXPECT_EQ(claims_verdict(with(body, "iss", {"usher"})), "token_claims_invalid");
  EXPECT_EQ(claims_verdict(without(without(body, "nbf"), "auth_time")), "");
}

TEST_P(Tokens, the_audience_is_the_one_wanted_or_none)
{
  EXPECT_EQ(claims_verdict(with(body, "aud", "orders")), "token_claims_invalid");
  Settings wanted = settings();
  wanted.audience = "orders";
  verifier_ = std::make_unique<Verifier>(wanted);
  EXPECT_EQ(claims_verdict(with(body, "aud", "orders")), "");
  EXPECT_EQ(claims_verdict(with(body, "aud", {"x", "orders"})), "");
  EXPECT_EQ(claims_verdict(body), "token_claims_invalid");
  for (const Json& aud :
       {Json("Orders"), Json({"x"}), Json::array(), Json({{"orders", 1}}), Json({{"orders"}, 1})}) {
    EXPECT_EQ(claims_verdict(with(body, "aud", aud)), "token_claims_invalid") << aud;
  }
}

TEST_P(Tokens, times_hold_with_leeway_out_of_the_cache_too)
{
  const std::string token = signer.token(body);
  EXPECT_EQ(verdict(token), "");
  now = start + 900 + 29;
  EXPECT_EQ(verdict(token), "");
  now = start + 900 + 30;
  EXPECT_EQ(verdict(token), "token_expired");
  EXPECT_EQ(verdict(token), "token_expired");
  now = start - 30;
  EXPECT_EQ(verdict(token), "");
  now = start - 31;
  EXPECT_EQ(verdict(token), "token_not_yet_valid");
}

TEST_P(Tokens, the_later_of_nbf_and_iat_counts)
{
  EXPECT_EQ(claims_verdict(with(body, "nbf", start + 31)), "token_not_yet_valid");
  EXPECT_EQ(claims_verdict(with(body, "iat", start + 31)), "token_not_yet_valid");
}

TEST_P(Tokens, freshness_is_a_flag_or_a_second)
{
  EXPECT_EQ(claims_verdict(body, {.fresh = true}), "");
  EXPECT_EQ(claims_verdict(with(body, "fresh", false), {.fresh = true}), "token_not_fresh");
  EXPECT_EQ(claims_verdict(with(body, "fresh", false)), "");
  const std::string until = signer.token(with(body, "fresh", start + 10));
  EXPECT_EQ(verdict(until, {.fresh = true}), "");
  now = start + 10;
  EXPECT_EQ(verdict(until, {.fresh = true}), "token_not_fresh");
  EXPECT_EQ(verdict(until), "");
}

TEST_P(Tokens, the_age_of_the_authentication_can_be_demanded)
{
  const std::string token = signer.token(body);
  now = start + 60;
  EXPECT_EQ(verdict(token, {.max_age = seconds{60}}), "");
  now = start + 61;
  const Verdict verdict = verifier_->verify(token, {.max_age = seconds{60}});
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.refusal().status, 401);
  EXPECT_EQ(verdict.refusal().error, "authentication_too_old");
  EXPECT_EQ(
      verdict.refusal().headers.at(0).value,
      "Bearer error=\"insufficient_user_authentication\", error_description=\"The password was shown more "
      "than 60 "
      "seconds ago; log in again to do this.\", max_age=\"60\""
  );
  EXPECT_EQ(claims_verdict(without(body, "auth_time"), {.max_age = seconds{60}}), "authentication_too_old");
}

TEST_P(Tokens, a_role_can_be_demanded)
{
  EXPECT_EQ(claims_verdict(body, {.role = "ADMIN"}), "admin_only");
  EXPECT_EQ(claims_verdict(with(body, "role", "ADMIN"), {.role = "ADMIN"}), "");
  EXPECT_EQ(claims_verdict(with(body, "role", "admin"), {.role = "ADMIN"}), "admin_only");
}

TEST_P(Tokens, the_whole_header_can_be_handed_over)
{
  const std::string token = signer.token(body);
  EXPECT_TRUE(verifier_->verify_header("Bearer " + token));
  EXPECT_TRUE(verifier_->verify_header("bEARER " + token));
  EXPECT_EQ(verifier_->verify_header("").refusal().error, "token_missing");
  for (const std::string& bad :
       {"Basic " + token,
        "Bearer" + token,
        "Bearer  " + token,
        "Bearer\t" + token,
        token,
        "Bearer " + token + " ",
        "Bearer " + token + "," + token,
        std::string{"Bearer"},
        std::string{"Bearer "},
        std::string{"Bearer ="},
        std::string{"B"},
        "Bearer " + std::string(9000, 'a')}) {
    EXPECT_EQ(verifier_->verify_header(bad).refusal().error, "authorization_malformed") << bad;
  }
}

TEST_P(Tokens, a_full_cache_forgets_what_was_used_least_and_verifies_it_again)
{
  Settings small = settings();
  small.cache_size = 3;
  verifier_ = std::make_unique<Verifier>(small);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 100; ++i) {
      EXPECT_EQ(claims_verdict(with(body, "jti", std::to_string(i))), "");
    }
  }
}

TEST_P(Tokens, without_a_cache_every_one_is_verified)
{
  Settings none = settings();
  none.cache_size = 0;
  verifier_ = std::make_unique<Verifier>(none);
  const std::string token = signer.token(body);
  const Verdict first = verifier_->verify(token);
  const Verdict second = verifier_->verify(token);
  ASSERT_TRUE(first && second);
  EXPECT_NE(&first.claims(), &second.claims());
}

TEST_P(Tokens, many_threads_may_verify_at_once)
{
  std::vector<std::string> tokens;
  for (int i = 0; i < 20; ++i) {
    tokens.push_back(signer.token(with(body, "jti", std::to_string(i))));
  }
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 5; ++round) {
        for (const std::string& token : tokens) {
          good += verifier_->verify(token) ? 1 : 0;
          EXPECT_FALSE(verifier_->verify(token + 'x'));
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(good, 4 * 5 * 20);
}

INSTANTIATE_TEST_SUITE_P(
    every_algorithm,
    Tokens,
    ::testing::Values(Algorithm::es256, Algorithm::eddsa, Algorithm::rs256, Algorithm::hs256),
    [](const auto& param) { return std::string{name_of(param.param)}; }
);

TEST(Es256, takes_no_der_and_no_number_out_of_range)
{
  const Signer& signer = shared_signer(Algorithm::es256);
  Verifier verifier{{.max_stale = std::nullopt, .keys = signer.jwks(), .clock = [] {
                       return std::chrono::system_clock::time_point{seconds{start}};
                     }}};
  const std::string message =
      encode_base64url(signer.header().dump()) + '.' + encode_base64url(claims_at(start).dump());
  const Owned<EVP_MD_CTX> context{EVP_MD_CTX_new()};
  EVP_DigestSignInit_ex(context.get(), nullptr, "SHA256", nullptr, nullptr, signer.handle(), nullptr);
  std::string der(80, '\0');
  std::size_t size = der.size();
  EVP_DigestSign(
      context.get(),
      reinterpret_cast<unsigned char*>(der.data()),
      &size,
      reinterpret_cast<const unsigned char*>(message.data()),
      message.size()
  );
  der.resize(size);
  EXPECT_EQ(
      verifier.verify(message + '.' + encode_base64url(der)).refusal().error, "token_signature_invalid"
  );

  const std::string order{
      "\xFF\xFF\xFF\xFF\x00\x00\x00\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"
      "\xBC\xE6\xFA\xAD\xA7\x17\x9E\x84\xF3\xB9\xCA\xC2\xFC\x63\x25\x51",
      32
  };
  const std::string good = signer.signature(message);
  for (const std::string& bad : {good.substr(0, 32) + order, order + good.substr(32), order + order}) {
    EXPECT_EQ(
        verifier.verify(message + '.' + encode_base64url(bad)).refusal().error, "token_signature_invalid"
    );
  }
  EXPECT_TRUE(verifier.verify(message + '.' + encode_base64url(good)));
}

TEST(Refusals, say_what_usher_says)
{
  EXPECT_EQ(refusal(Reason::token_missing)->headers.at(0).value, "Bearer");
  EXPECT_EQ(
      refusal(Reason::token_not_fresh)->headers.at(0).value,
      "Bearer error=\"insufficient_user_authentication\", error_description=\"Log in again to do this.\", "
      "max_age=\"0\""
  );
  EXPECT_EQ(
      refusal(Reason::authorization_malformed)->headers.at(0).value,
      "Bearer error=\"invalid_request\", error_description=\"The Authorization header must be Bearer, one "
      "space and "
      "one token.\""
  );
  EXPECT_EQ(refusal(Reason::revocations_stale)->status, 503);
  EXPECT_EQ(refusal(Reason::revocations_stale)->headers.at(0).name, "Retry-After");
  EXPECT_TRUE(refusal(Reason::admin_only)->headers.empty());
  const Json problem = Json::parse(refusal(Reason::token_revoked)->problem());
  EXPECT_EQ(problem["type"], "urn:usher:problem:token_revoked");
  EXPECT_EQ(problem["status"], 401);
  EXPECT_EQ(problem["error"], "token_revoked");
}

TEST(Settings, that_cannot_work_are_refused)
{
  EXPECT_THROW(Verifier{Settings{}}, std::invalid_argument);
  EXPECT_THROW((Verifier{Settings{.url = "usher.example"}}), std::invalid_argument);
  EXPECT_THROW((Verifier{Settings{.url = "file:///etc/passwd"}}), std::invalid_argument);
  EXPECT_THROW((Verifier{Settings{.max_stale = std::nullopt, .keys = "short"}}), std::invalid_argument);
  EXPECT_THROW((Verifier{Settings{.max_stale = std::nullopt, .keys = "{}"}}), std::invalid_argument);
  const std::string pem = shared_signer(Algorithm::es256).pem();
  EXPECT_THROW(
      (Verifier{Settings{.leeway = seconds{61}, .max_stale = std::nullopt, .keys = pem}}),
      std::invalid_argument
  );
  EXPECT_NO_THROW((Verifier{Settings{.leeway = seconds{60}, .max_stale = std::nullopt, .keys = pem}}));
  EXPECT_THROW((Verifier{Settings{.keys = pem}}), std::invalid_argument)
      << "a bound on staleness without a feed";
}

}  // namespace
}  // namespace usher::verify
