#include "tokens/offline.hpp"

#include "tokens/workbench_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace usher::tokens {
namespace {

using namespace std::chrono_literals;

/// "" when it is taken, else the code of the refusal.
std::string verdict(
    std::string_view keys, std::string_view token, const Demands& demands = {.now = start_time}
)
{
  const auto verified = verify_with(keys, token, demands);
  return verified ? "" : std::string{verified.error().code()};
}

constexpr Instant joes_time{1'300'819'379s};

// RFC 7515 appendix A.1; the same token is the example of RFC 7519 section 3.1.
constexpr std::string_view rfc7515_a1_key =
    R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})";
constexpr std::string_view rfc7515_a1_token =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

TEST(Rfc7515, example_a1_is_good_until_it_expires)
{
  EXPECT_EQ(verdict(rfc7515_a1_key, rfc7515_a1_token, {.now = joes_time, .issuer = "joe"}), "");
  EXPECT_EQ(verdict(rfc7515_a1_key, rfc7515_a1_token, {.now = joes_time + 1s}), "token_expired");
  EXPECT_EQ(verdict(rfc7515_a1_key, rfc7515_a1_token, {.now = joes_time + 1s, .leeway = 1s}), "");
  EXPECT_EQ(
      verdict(rfc7515_a1_key, rfc7515_a1_token, {.now = joes_time, .issuer = "jo"}), "token_claims_invalid"
  );
  EXPECT_EQ(
      verdict(rfc7515_a1_key, rfc7515_a1_token, {.now = joes_time, .audience = "x"}), "token_claims_invalid"
  );
}

TEST(Rfc7515, example_a2_is_good)
{
  const std::string key = std::string{
      R"({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"})"
  };
  const std::string token =
      "eyJhbGciOiJSUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
      "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
      "O8W2Fp5jujGbds9uJdbF9CUAr7t"
      "1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_"
      "eSN9383LcOLn6_dO--xi12j"
      "zDwusC-"
      "eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_"
      "IoypGlUPQ"
      "Ge77Rw";
  EXPECT_EQ(verdict(key, token, {.now = joes_time}), "");
}

TEST(Rfc7515, example_a3_is_good)
{
  constexpr std::string_view key =
      R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
  constexpr std::string_view token =
      "eyJhbGciOiJFUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
  EXPECT_EQ(verdict(key, token, {.now = joes_time}), "");
}

TEST(Rfc7519, example_without_a_signature_is_refused)
{
  EXPECT_EQ(
      verdict(
          rfc7515_a1_key,
          "eyJhbGciOiJub25lIn0."
          "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.",
          {.now = joes_time}
      ),
      "token_signature_invalid"
  );
}

TEST(Rfc8037, example_a4_is_good)
{
  EXPECT_EQ(
      verdict(
          R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
          "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
          "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
      ),
      ""
  );
}

// RFC 7517 appendix A.1: an EC key for encryption, which is passed over, and an RSA key.
TEST(Rfc7517, example_a1_gives_the_key_that_is_for_signatures)
{
  const auto keys = parse_keys(
      R"({"keys":[{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"enc","kid":"1"},)"
      R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}]})"
  );
  ASSERT_TRUE(keys);
  ASSERT_EQ(keys->size(), 1U);
  EXPECT_EQ(keys->front().kid, "2011-04-29");
  EXPECT_EQ(keys->front().algorithm, crypto::Algorithm::rs256);
}

class KeyText : public ::testing::Test {
 protected:
  static constexpr std::string_view secret = R"("k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")";

  static bool is_read(std::string_view text) { return parse_keys(text).has_value(); }
  static bool secret_is_read(std::string_view members)
  {
    return is_read("{" + std::string{secret} + "," + std::string{members} + "}");
  }
};

TEST_F(KeyText, must_say_what_the_key_is_and_mean_it)
{
  EXPECT_TRUE(secret_is_read(R"("kty":"oct")"));
  EXPECT_TRUE(
      secret_is_read(R"("kty":"oct","alg":"HS256","use":"sig","kid":"k","key_ops":["verify"],"ext":true)")
  );
  const std::pair<std::string_view, std::string_view> rows[] = {
      {R"("kid":"k")", "no kty"},
      {R"("kty":"OCT")", "another kty"},
      {R"("kty":["oct"])", "a list"},
      {R"("kty":"RSA")", "another kind's kty"},
      {R"("kty":"oct","alg":"HS512")", "another alg"},
      {R"("kty":"oct","alg":"ES256")", "an alg of another kind"},
      {R"("kty":"oct","alg":null)", "alg null"},
      {R"("kty":"oct","use":"enc")", "use enc"},
      {R"("kty":"oct","use":"SIG")", "use in capitals"},
      {R"("kty":"oct","key_ops":"verify")", "key_ops as text"},
      {R"("kty":"oct","key_ops":[])", "no operations"},
      {R"("kty":"oct","key_ops":["encrypt"])", "operations of another kind"},
      {R"("kty":"oct","key_ops":["verify","verify"])", "an operation twice"},
      {R"("kty":"oct","key_ops":["verify",7])", "an operation that is a number"},
      {R"("kty":"oct","kid":7)", "kid a number"},
      {R"("kty":"oct","kty":"oct")", "a member twice"},
      {R"("kty":"oct","crv":"P-256")", "a curve"},
  };
  for (const auto& [members, reason] : rows) {
    EXPECT_FALSE(secret_is_read(members)) << reason;
  }
}

TEST_F(KeyText, is_refused_whole_when_a_set_is_out_of_order)
{
  const std::string one = R"({"kty":"oct","kid":"1",)" + std::string{secret} + "}";
  const std::string two = R"({"kty":"oct","kid":"2",)" + std::string{secret} + "}";
  const std::string curve =
      R"({"kty":"OKP","crv":"Ed25519","kid":"3","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
  EXPECT_TRUE(is_read(R"({"keys":[)" + one + ',' + two + "]}"));
  EXPECT_FALSE(is_read(R"({"keys":[)" + one + ',' + one + "]}")) << "two of one name";
  EXPECT_FALSE(is_read(R"({"keys":[)" + one + ',' + curve + "]}")) << "a secret among public keys";
  EXPECT_FALSE(is_read(R"({"keys":[)" + one + ",7]}")) << "not a key";
  EXPECT_FALSE(is_read(R"({"keys":[]})")) << "none";
  EXPECT_FALSE(is_read(R"({"keys":{}})")) << "not a list";
  EXPECT_TRUE(is_read(R"({"keys":[{"kty":"new"},)" + curve + "]}")) << "an unknown kind is passed over";
}

TEST_F(KeyText, may_be_pem)
{
  for (const auto algorithm :
       {crypto::Algorithm::es256, crypto::Algorithm::eddsa, crypto::Algorithm::rs256}) {
    const auto keys = parse_keys(shared_key(algorithm)->public_key()->pem());
    ASSERT_TRUE(keys);
    EXPECT_EQ(keys->front().algorithm, algorithm);
  }
}

TEST_F(KeyText, is_refused_when_it_is_nothing_of_the_kind)
{
  for (const std::string_view text :
       {"", " ", "{}", "[]", "null", "{\"keys\"", "-----BEGIN PUBLIC KEY-----", "\xFF"}) {
    EXPECT_FALSE(is_read(text)) << text;
  }
  EXPECT_FALSE(is_read(std::string(key_text_bytes_max + 1, ' ')));
}

TEST(Offline, takes_the_key_that_the_token_names)
{
  const SigningKey one = make_signing_key(shared_key(crypto::Algorithm::es256), KeyState::active);
  const SigningKey two = make_signing_key(crypto::generate_key(crypto::Algorithm::es256), KeyState::next);
  const std::string token = sign_claims(R"({"sub":"7"})", one).value();
  EXPECT_EQ(verdict(Workbench::ring({one, two})->jwks(), token), "");
  EXPECT_EQ(verdict(Workbench::ring({two})->jwks(), token), "token_signature_invalid");
  EXPECT_EQ(verdict(one.public_key->pem(), token), "") << "a key without a name is tried";
  EXPECT_EQ(verdict(two.public_key->pem(), token), "token_signature_invalid");
  EXPECT_EQ(verdict("nonsense", token), "keys_unusable");
  EXPECT_EQ(verdict(one.public_key->pem(), "nonsense"), "token_malformed");
}

TEST(Offline, holds_claims_against_the_clock)
{
  const SigningKey key = make_signing_key(shared_key(crypto::Algorithm::es256), KeyState::active);
  const std::pair<std::string_view, std::string_view> rows[] = {
      {R"({})", ""},
      {R"({"exp":1800000001})", ""},
      {R"({"exp":1800000000})", "token_expired"},
      {R"({"exp":1800000001.5})", ""},
      {R"({"exp":0.5})", "token_expired"},
      {R"({"exp":"1800000001"})", "token_claims_invalid"},
      {R"({"exp":1e300})", "token_claims_invalid"},
      {R"({"exp":null})", "token_claims_invalid"},
      {R"({"nbf":1800000000})", ""},
      {R"({"nbf":1800000001})", "token_not_yet_valid"},
      {R"({"aud":7})", "token_claims_invalid"},
      {R"({"iss":7})", "token_claims_invalid"},
      {R"({"aud":["a","b"]})", ""},
  };
  for (const auto& [claims, code] : rows) {
    EXPECT_EQ(verdict(key.public_key->pem(), sign_claims(claims, key).value()), code) << claims;
  }
}

TEST(Offline, signs_exactly_what_it_is_given)
{
  const SigningKey key = make_signing_key(shared_key(crypto::Algorithm::eddsa), KeyState::active);
  const auto token = sign_claims("  { \"sub\" : \"x\",\n\"n\":1.0 }\n", key);
  ASSERT_TRUE(token);
  const auto decoded = verify_with(key.public_key->pem(), *token, {.now = start_time});
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->payload, "{ \"sub\" : \"x\",\n\"n\":1.0 }");
  EXPECT_EQ(decoded->header, R"({"alg":"EdDSA","typ":"at+jwt","kid":")" + key.kid + R"("})");
}

TEST(Offline, signs_nothing_but_one_object_that_fits)
{
  const SigningKey key = make_signing_key(shared_key(crypto::Algorithm::eddsa), KeyState::active);
  for (const std::string& claims :
       {std::string{},
        std::string{"[]"},
        std::string{"{} {}"},
        std::string{R"({"a":1,"a":2})"},
        R"({"a":")" + std::string(7000, 'x') + R"("})",
        std::string(9000, ' ') + '['}) {
    const auto token = sign_claims(claims, key);
    ASSERT_FALSE(token);
    EXPECT_EQ(token.error().code(), "token_malformed");
  }
}

TEST(Offline, inspects_without_believing)
{
  const auto decoded = inspect(rfc7515_a1_token);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->header, "{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}");
  EXPECT_EQ(decoded->signature_bytes, 32U);
  EXPECT_EQ(inspect("a.b").error().code(), "token_malformed");
}

TEST(Pretty, lays_out_objects_for_people)
{
  EXPECT_EQ(
      pretty(R"({"a":[1,{"b":"x,{}\"y"}],"c":{},"d":[ ],"e":-1.50})"),
      "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"x,{}\\\"y\"\n    }\n  ],\n  \"c\": {},\n  \"d\": [],\n  "
      "\"e\": -1.50\n}"
  );
}

TEST(Pretty, shows_nothing_raw)
{
  EXPECT_EQ(pretty("\x1B[2J"), "\"G1sySg\"");
  EXPECT_EQ(pretty("{\"a\":\"\x1B\"}"), '"' + crypto::base64url("{\"a\":\"\x1B\"}") + '"');
}

}  // namespace
}  // namespace usher::tokens
