#include "crypto/key.hpp"

#include "crypto/base64url.hpp"
#include "crypto/random.hpp"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

namespace usher::crypto {
namespace {

// Made with the openssl program for these tests, used nowhere else.
constexpr std::string_view p256_sec1{
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEIAdg4VOGHD4vfuMvok8kPPqf5l7OkiNRdGag5767gPUuoAoGCCqGSM49\n"
    "AwEHoUQDQgAEv4c6go0DNSz9AfDbVu3+mgXzONCOhASoE2Au46yKYitHKjzLAWJ9\n"
    "HAYYxVwQUP1FUEjoLn/Rnz2leiRrgoR6ow==\n"
    "-----END EC PRIVATE KEY-----\n"
};
constexpr std::string_view p256_pkcs8{
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgB2DhU4YcPi9+4y+i\n"
    "TyQ8+p/mXs6SI1F0ZqDnvruA9S6hRANCAAS/hzqCjQM1LP0B8NtW7f6aBfM40I6E\n"
    "BKgTYC7jrIpiK0cqPMsBYn0cBhjFXBBQ/UVQSOguf9GfPaV6JGuChHqj\n"
    "-----END PRIVATE KEY-----\n"
};
constexpr std::string_view p256_public{
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEv4c6go0DNSz9AfDbVu3+mgXzONCO\n"
    "hASoE2Au46yKYitHKjzLAWJ9HAYYxVwQUP1FUEjoLn/Rnz2leiRrgoR6ow==\n"
    "-----END PUBLIC KEY-----\n"
};
constexpr std::string_view p256_encrypted{
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhUNcHJDzHzHgICCAAw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEIDzBnPhadXgvH1yQAkeOmkEgZA3\n"
    "olGeEf5ws5yikFWn4IgoIUGbO5+nzLcw3OamQc+UpfSWyc05ZWYr2Ckmj5e2I1eT\n"
    "bJ5hf0zPBVjRivg54NT47AYVbFMWwYXCjjm9vam/tKOa4YcG0V6Umv73cBlUwBrp\n"
    "OjtE7LehOu4Yfjl9W7TymIeGN9y4sDmTK+Gou7aUMbPjK5tb5NT3rhi1Zdg10/U=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n"
};
constexpr std::string_view p256_explicit{
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAA\n"
    "AAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA////\n"
    "///////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSd\n"
    "NgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5\n"
    "RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA\n"
    "//////////+85vqtpxeehPO5ysL8YyVRAgEBA0IABL+HOoKNAzUs/QHw21bt/poF\n"
    "8zjQjoQEqBNgLuOsimIrRyo8ywFifRwGGMVcEFD9RVBI6C5/0Z89pXoka4KEeqM=\n"
    "-----END PUBLIC KEY-----\n"
};
constexpr std::string_view p384_public{
    "-----BEGIN PUBLIC KEY-----\n"
    "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE58KFP6Fp2eAYUFKnHNxIAVNXAB5vmdJh\n"
    "jPSMHTfD0tRUQ6uNq9gZyRkgCa74e5sItIpq6oNhQBX4L12C/+o/sjiL6NEKhaJ7\n"
    "dhVdFGUn1+SHMu3Bdf+sPuxaFzy25O2g\n"
    "-----END PUBLIC KEY-----\n"
};
constexpr std::string_view k256_public{
    "-----BEGIN PUBLIC KEY-----\n"
    "MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAET6uT49ON9aokDhc4XCPd4CUGr/eMinY8\n"
    "S/CCSEW1rNBC3GRXShUGEfzIoSyUl3jfpVAm0bV4WxleBcwgal1tVg==\n"
    "-----END PUBLIC KEY-----\n"
};
constexpr std::string_view rsa_2048{
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAy+6/e1AQbn+R82VarIOk\n"
    "+ACrFsdTuQ7JteJrLsUcBR6kzHjCHMeCutQ0g5670zV/wLVJqYioWkdn3VO7qsM3\n"
    "6ieqXvVyV8hPu3Vauzl9rbhr9E2YAGpcN8i3OHnJasDRjaygvnEnl+Bu1lmUk9uX\n"
    "gGCHQsQt1qKU1rVDqcicsdmaeXgo9R9wsmF0rlZx7C1xVZzY64D2MTJMBksjYV1R\n"
    "WfPP2rnklGVBxYQmvd4/mtm2dyAb0KwkzVyK9KjhVHsQ/JG8d+AVZi91jqwx8aiq\n"
    "bmgEJvxSE6GJBjgBrQW0F88tICvKl5mZlVh8re+TiRhZFTgIjSyNhZPzJdtG4cQ6\n"
    "AwIDAQAB\n"
    "-----END PUBLIC KEY-----\n"
};
constexpr std::string_view rsa_2048_pkcs1{
    "-----BEGIN RSA PUBLIC KEY-----\n"
    "MIIBCgKCAQEAy+6/e1AQbn+R82VarIOk+ACrFsdTuQ7JteJrLsUcBR6kzHjCHMeC\n"
    "utQ0g5670zV/wLVJqYioWkdn3VO7qsM36ieqXvVyV8hPu3Vauzl9rbhr9E2YAGpc\n"
    "N8i3OHnJasDRjaygvnEnl+Bu1lmUk9uXgGCHQsQt1qKU1rVDqcicsdmaeXgo9R9w\n"
    "smF0rlZx7C1xVZzY64D2MTJMBksjYV1RWfPP2rnklGVBxYQmvd4/mtm2dyAb0Kwk\n"
    "zVyK9KjhVHsQ/JG8d+AVZi91jqwx8aiqbmgEJvxSE6GJBjgBrQW0F88tICvKl5mZ\n"
    "lVh8re+TiRhZFTgIjSyNhZPzJdtG4cQ6AwIDAQAB\n"
    "-----END RSA PUBLIC KEY-----\n"
};
constexpr std::string_view rsa_exponent_3{
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBoDANBgkqhkiG9w0BAQEFAAOCAY0AMIIBiAKCAYEAxnrGPJ/3ObinKBoNZekV\n"
    "PTFlh9gdm4boN8lxLZmC1sGX+M1o1/wo26/qLZmjxNFIrAvHcYGtQHbk9LHLJyRh\n"
    "GCbymqwY26cSkN2Xy9WIUUWcIjm9lWHEEg1DQ/f4kqE4/a97A+8+twHJBT14q0cQ\n"
    "Eu3ok9hzzuIK9oSEgYU0IYcvsSHDBERxYfCEob/EI6z4FfQ9Z4Q/x2qYHaV8mSF5\n"
    "DMJZqR5GfUfiCuojCNMm4c4S5SosM5DNDbyf4yl0hR2cnvA6bQ9Js5RNg49Pv37Z\n"
    "FL/I7riAjy/Eg4rFU04Svf1WauUSK9u+V0mCLkOXaYdeZxWtc6iYYi2gsmPzICzA\n"
    "N8N85Z6W0xwop/2ZddQAG0ew/XeiYYm2+j9ngsghCRTNID/kpxS9jf1xuyBvJQyY\n"
    "rW8HcmbuUyQBYTsOOOWKhw8KpD7M3CZrbonu4kwuYl1a5C3H5RiL+DM/CflII/Bp\n"
    "QsR1fLSY5fheyYhg0faVGX5ukhmZlKciR+k9Pe1JJbqZAgED\n"
    "-----END PUBLIC KEY-----\n"
};

constexpr Algorithm all[] = {Algorithm::es256, Algorithm::eddsa, Algorithm::rs256, Algorithm::hs256};

std::string bytes(std::string_view text)
{
  return from_base64url(text).value();
}

/// An RSA key takes a second to make: one of each kind for all tests that need only one.
std::shared_ptr<const PrivateKey> key_of(Algorithm algorithm)
{
  static std::map<Algorithm, std::shared_ptr<const PrivateKey>> made;
  auto& key = made[algorithm];
  if (!key) {
    key = generate_key(algorithm);
  }
  return key;
}

class Keys : public ::testing::TestWithParam<Algorithm> {
 protected:
  static void SetUpTestSuite() { start(); }
};

TEST_P(Keys, sign_what_their_public_half_verifies)
{
  const auto key = key_of(GetParam());
  const std::string signature = key->sign("message");
  EXPECT_EQ(key->algorithm(), GetParam());
  EXPECT_TRUE(key->public_key()->verify("message", signature));
  EXPECT_FALSE(key->public_key()->verify("massage", signature));
  EXPECT_FALSE(generate_key(GetParam())->public_key()->verify("message", signature));
}

TEST_P(Keys, refuse_a_signature_of_another_length_or_with_one_bit_changed)
{
  const auto key = key_of(GetParam());
  const std::string signature = key->sign("message");
  const auto refused = [&](const std::string& other) { return !key->public_key()->verify("message", other); };
  EXPECT_TRUE(refused(""));
  EXPECT_TRUE(refused(signature.substr(1)));
  EXPECT_TRUE(refused(signature.substr(0, signature.size() - 1)));
  EXPECT_TRUE(refused(signature + '\0'));
  EXPECT_TRUE(refused('\0' + signature));
  EXPECT_TRUE(refused(signature + signature));
  EXPECT_TRUE(refused(std::string(signature.size(), '\0')));
  EXPECT_TRUE(refused(std::string(signature.size(), '\xFF')));
  for (std::size_t at = 0; at < signature.size(); at += 7) {
    std::string changed = signature;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_TRUE(refused(changed)) << at;
  }
}

TEST_P(Keys, come_back_from_their_own_pem)
{
  const auto key = key_of(GetParam());
  const auto again = load_private_key(GetParam(), key->pem());
  ASSERT_TRUE(again);
  EXPECT_TRUE(key->public_key()->verify("message", again->sign("message")));
  if (GetParam() == Algorithm::hs256) {
    return;
  }
  const auto public_again = load_public_key(GetParam(), key->public_key()->pem());
  ASSERT_TRUE(public_again);
  EXPECT_TRUE(public_again->verify("message", key->sign("message")));
}

TEST_P(Keys, come_back_from_their_parameters)
{
  if (GetParam() == Algorithm::hs256) {
    return;
  }
  const auto key = key_of(GetParam());
  const auto again = make_public_key(GetParam(), key->public_key()->parameters());
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->verify("message", key->sign("message")));
}

TEST_P(Keys, are_never_loaded_from_pem_of_another_kind)
{
  for (const Algorithm other : all) {
    if (other != GetParam()) {
      EXPECT_FALSE(load_private_key(GetParam(), key_of(other)->pem())) << name_of(other);
      EXPECT_FALSE(load_public_key(GetParam(), key_of(other)->public_key()->pem())) << name_of(other);
    }
  }
}

TEST_P(Keys, are_not_made_of_nonsense)
{
  for (const std::string_view text :
       {"", "x", "-----BEGIN PRIVATE KEY-----", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"}) {
    EXPECT_FALSE(load_private_key(GetParam(), Secret{text}));
    EXPECT_FALSE(load_public_key(GetParam(), text));
  }
  EXPECT_FALSE(make_public_key(GetParam(), {}));
}

TEST_P(Keys, leave_no_errors_behind_for_others_to_read)
{
  const auto key = key_of(GetParam());
  (void)key->public_key()->verify("message", std::string(64, 'x'));
  (void)key->public_key()->verify("message", std::string(384, 'x'));
  (void)load_private_key(GetParam(), Secret{p256_encrypted});
  (void)load_public_key(GetParam(), "nonsense");
  (void
  )make_public_key(GetParam(), {.x = std::string(32, 'x'), .y = std::string(32, 'y'), .n = "n", .e = "e"});
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST_P(Keys, serve_many_threads_at_once)
{
  const auto key = key_of(GetParam());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&key] {
      for (int round = 0; round < 5; ++round) {
        EXPECT_TRUE(key->public_key()->verify("message", key->sign("message")));
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

INSTANTIATE_TEST_SUITE_P(each, Keys, ::testing::ValuesIn(all), [](const auto& info) {
  return std::string{name_of(info.param)};
});

class ForeignKeys : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { start(); }
};

TEST_F(ForeignKeys, of_p256_are_read_as_sec1_and_as_pkcs8)
{
  const auto verifier = load_public_key(Algorithm::es256, p256_public);
  ASSERT_TRUE(verifier);
  for (const std::string_view pem : {p256_sec1, p256_pkcs8}) {
    const auto key = load_private_key(Algorithm::es256, Secret{pem});
    ASSERT_TRUE(key);
    EXPECT_TRUE(verifier->verify("message", key->sign("message")));
  }
}

TEST_F(ForeignKeys, are_refused_when_encrypted_or_on_another_curve)
{
  EXPECT_FALSE(load_private_key(Algorithm::es256, Secret{p256_encrypted}));
  EXPECT_FALSE(load_public_key(Algorithm::es256, p384_public));
  EXPECT_FALSE(load_public_key(Algorithm::es256, k256_public));
  EXPECT_FALSE(load_public_key(Algorithm::es256, p256_explicit));
}

TEST_F(ForeignKeys, of_rsa_need_3072_bits_unless_the_caller_says_less)
{
  for (const std::string_view pem : {rsa_2048, rsa_2048_pkcs1}) {
    EXPECT_FALSE(load_public_key(Algorithm::rs256, pem));
    EXPECT_TRUE(load_public_key(Algorithm::rs256, pem, 2048));
    EXPECT_FALSE(load_public_key(Algorithm::rs256, pem, 2049));
  }
}

TEST_F(ForeignKeys, of_rsa_need_a_sound_exponent)
{
  EXPECT_FALSE(load_public_key(Algorithm::rs256, rsa_exponent_3));
  const PublicParameters sound = load_public_key(Algorithm::rs256, rsa_2048, 2048)->parameters();
  for (const std::string_view e :
       {std::string_view{"\x01"},
        std::string_view{"\x03"},
        std::string_view{"\x01\x00\x00", 3},
        std::string_view{"\x00\x01\x00\x01", 4},
        std::string_view{"\x01\x01\x01\x01\x01\x01\x01\x01\x01"}}) {
    EXPECT_FALSE(make_public_key(Algorithm::rs256, {.n = sound.n, .e = std::string{e}}, 2048));
  }
  EXPECT_FALSE(make_public_key(Algorithm::rs256, {.n = '\0' + sound.n, .e = sound.e}, 2048));
  EXPECT_FALSE(make_public_key(
      Algorithm::rs256, {.n = sound.n + sound.n + sound.n + sound.n + sound.n, .e = sound.e}, 2048
  ));
  std::string even = sound.n;
  even.back() = static_cast<char>(even.back() ^ 1);
  EXPECT_FALSE(make_public_key(Algorithm::rs256, {.n = even, .e = sound.e}, 2048));
}

TEST_F(ForeignKeys, of_p256_must_be_points_of_the_curve)
{
  const PublicParameters good = load_public_key(Algorithm::es256, p256_public)->parameters();
  EXPECT_TRUE(make_public_key(Algorithm::es256, good));
  std::string off = good.y;
  off.back() = static_cast<char>(off.back() ^ 1);
  EXPECT_FALSE(make_public_key(Algorithm::es256, {.x = good.x, .y = off}));
  EXPECT_FALSE(make_public_key(Algorithm::es256, {.x = '\0' + good.x, .y = good.y}));
  EXPECT_FALSE(make_public_key(Algorithm::es256, {.x = good.x.substr(1), .y = good.y}));
  EXPECT_FALSE(make_public_key(Algorithm::es256, {.x = std::string(32, '\xFF'), .y = good.y}));
  EXPECT_FALSE(make_public_key(Algorithm::es256, {.x = std::string(32, '\0'), .y = std::string(32, '\0')}));
}

// The points of order 1, 2, 4 and 8, RFC 8032 section 5.1.7 and RFC 7748 section 6.1.
TEST_F(ForeignKeys, of_ed25519_must_not_be_of_small_order)
{
  std::string one(32, '\0');
  EXPECT_FALSE(make_public_key(Algorithm::eddsa, {.x = one}));
  one[0] = 1;
  EXPECT_FALSE(make_public_key(Algorithm::eddsa, {.x = one}));
  EXPECT_FALSE(make_public_key(Algorithm::eddsa, {.x = std::string(32, '\xFF')}));
  EXPECT_FALSE(make_public_key(Algorithm::eddsa, {.x = std::string(31, 'x')}));
}

TEST_F(ForeignKeys, for_hmac_need_32_bytes)
{
  EXPECT_FALSE(make_hmac_verifier(Secret{std::string(31, 'k')}));
  EXPECT_TRUE(make_hmac_verifier(Secret{std::string(32, 'k')}));
  EXPECT_FALSE(load_private_key(Algorithm::hs256, Secret{base64url(std::string(31, 'k'))}));
}

// RFC 8037 appendix A.1 and A.4.
TEST_F(ForeignKeys, of_ed25519_verify_the_example_of_rfc_8037)
{
  const auto key =
      make_public_key(Algorithm::eddsa, {.x = bytes("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")});
  ASSERT_TRUE(key);
  EXPECT_TRUE(key->verify(
      "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
      bytes("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg")
  ));
}

TEST(AlgorithmNames, are_read_exactly_as_written)
{
  for (const Algorithm algorithm : all) {
    EXPECT_EQ(parse_algorithm(name_of(algorithm)), algorithm);
  }
  for (const std::string_view name : {"", "none", "es256", "ES256 ", "ES384", "PS256", "HS512"}) {
    EXPECT_EQ(parse_algorithm(name), std::nullopt);
  }
}

}  // namespace
}  // namespace usher::crypto
