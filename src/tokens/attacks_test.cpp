// What SECURITY.md section J throws at a token, held against the mint itself. Every row must be refused.

#include "crypto/digest.hpp"
#include "tokens/mint.hpp"
#include "tokens/workbench_test.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace usher::tokens {
namespace {

class Attack : public ::testing::TestWithParam<crypto::Algorithm> {
 protected:
  Workbench bench{GetParam()};
  RawMembers head = bench.header();
  RawMembers body = Workbench::access_payload();
  std::string payload = object_of(body);

  void refused(std::string_view token, std::string_view why)
  {
    const std::string verdict = bench.verdict(token);
    EXPECT_TRUE(verdict.starts_with("token_")) << why;
    EXPECT_FALSE(bench.refresh_verdict(token).empty()) << why;
  }
  void refused_header(const RawMembers& header, std::string_view why)
  {
    refused(bench.forged(object_of(header), payload), why);
  }
  void refused_claim(std::string_view name, std::string_view value)
  {
    refused(bench.forged(with(body, name, value)), std::string{name} + ' ' + std::string{value});
  }
  std::string good() const { return bench.forged(body); }
  std::string hmac_signed(const std::string& secret, const RawMembers& header) const
  {
    const std::string input = signing_input(object_of(header), payload);
    return input + '.' + crypto::base64url(crypto::HmacKey{Secret{secret}}.sign(input));
  }
};

TEST_P(Attack, the_token_all_others_are_made_from_is_good)
{
  EXPECT_EQ(bench.verdict(good()), "");
}

TEST_P(Attack, J1_J4_the_algorithm_is_not_the_attackers_choice)
{
  const std::string signature = good().substr(good().rfind('.'));
  for (const std::string_view alg :
       {R"("none")",  R"("None")",  R"("NONE")",   R"("nOnE")",  R"("none ")", "\"n\xD0\xBEne\"",
        R"("")",      "null",       "0",           "[]",         "{}",         "true",
        R"("HS384")", R"("HS512")", R"("RS384")",  R"("RS512")", R"("PS256")", R"("PS384")",
        R"("ES384")", R"("ES512")", R"("ES256K")", R"("Ed448")", R"("es256")", R"("eddsa")",
        R"("rs256")", R"("hs256")", R"(["HS256"])"}) {
    const RawMembers header = with(head, "alg", alg);
    refused_header(header, alg);
    refused(signing_input(object_of(header), payload) + '.', alg);
    refused(signing_input(object_of(header), payload) + signature, alg);
  }
  for (const crypto::Algorithm other :
       {crypto::Algorithm::es256, crypto::Algorithm::eddsa, crypto::Algorithm::rs256, crypto::Algorithm::hs256
       }) {
    if (other != GetParam()) {
      refused_header(with(head, "alg", Workbench::quoted(crypto::name_of(other))), crypto::name_of(other));
    }
  }
}

TEST_P(Attack, J2_a_header_needs_its_algorithm_and_a_token_its_dots)
{
  refused_header(without(head, "alg"), "no alg");
  refused_header({}, "no header members");
  const std::string token = good();
  refused(token.substr(0, token.rfind('.')), "without the last dot");
  refused("", "nothing");
  refused("..", "only dots");
  refused(".", "one dot");
}

TEST_P(Attack, J3_no_public_key_is_ever_a_secret)
{
  const crypto::PublicParameters parameters = bench.key.public_key->parameters();
  const std::string pem = bench.key.public_key->pem();
  const std::string& jwks = bench.published.current()->jwks();
  std::string crlf;
  for (const char c : pem) {
    crlf += c == '\n' ? std::string{"\r\n"} : std::string{c};
  }
  const std::string trimmed = pem.substr(0, pem.empty() ? 0 : pem.size() - 1);
  for (const std::string& secret :
       {pem,
        trimmed,
        crlf,
        parameters.x,
        parameters.y,
        parameters.n,
        parameters.x + parameters.y,
        crypto::base64url(parameters.x),
        crypto::base64url(parameters.n),
        jwks,
        bench.key.kid,
        std::string{},
        std::string{"secret"},
        std::string(32, '\0')}) {
    refused(hmac_signed(secret, with(head, "alg", R"("HS256")")), secret);
    refused(hmac_signed(secret, {{"alg", R"("HS256")"}, {"typ", R"("rt+jwt")"}}), secret);
    refused(hmac_signed(secret, {{"alg", R"("HS256")"}, {"typ", R"("at+jwt")"}}), secret);
  }
}

TEST_P(Attack, J5_J7_keys_in_the_header_choose_nothing)
{
  const auto mine = crypto::generate_key(crypto::Algorithm::es256);
  const crypto::PublicParameters at = mine->public_key()->parameters();
  const std::string jwk = R"({"kty":"EC","crv":"P-256","x":")" + crypto::base64url(at.x) + R"(","y":")" +
                          crypto::base64url(at.y) + R"("})";
  for (const RawMembers& header :
       {with(head, "jwk", jwk),
        without(with(head, "jwk", jwk), "kid"),
        with(with(head, "jwk", jwk), "kid", Workbench::quoted(thumbprint(*mine))),
        with(head, "jku", R"("http://127.0.0.1:9/jwks.json")"),
        with(head, "x5u", R"("http://127.0.0.1:9/x.pem")"),
        with(head, "x5c", R"(["MIIB"])")}) {
    refused(
        bench.signed_with(*mine, object_of(with(header, "alg", R"("ES256")")), payload), object_of(header)
    );
  }
}

TEST_P(Attack, J8_a_kid_is_looked_up_and_nothing_else)
{
  std::string other_case = bench.key.kid;
  for (char& c : other_case) {
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  for (const std::string& kid :
       {std::string{R"("../../dev/null")"},
        std::string{R"("/dev/null")"},
        std::string{R"("file:///dev/null")"},
        std::string{R"("' OR 1=1 --")"},
        std::string{R"("x' UNION SELECT 'a")"},
        Workbench::quoted("$(id)"),
        std::string{"\"\\u0000\""},
        Workbench::quoted(other_case),
        Workbench::quoted(bench.key.kid + ' '),
        Workbench::quoted(std::string(100'000, 'k')),
        std::string{"7"},
        std::string{"null"},
        std::string{"[]"},
        std::string{"{}"},
        std::string{"\"\""}}) {
    const RawMembers header = with(head, "kid", kid);
    refused_header(header, kid);
    refused(hmac_signed("", with(header, "alg", R"("HS256")")), kid);
  }
  refused_header(without(head, "kid"), "no kid");
}

TEST_P(Attack, J9_J10_a_signature_is_taken_whole_or_not_at_all)
{
  const std::string token = good();
  const std::string input = token.substr(0, token.rfind('.') + 1);
  const std::string signature = crypto::from_base64url(token.substr(input.size())).value();
  const auto resigned = [&](const std::string& other) {
    refused(input + crypto::base64url(other), "other signature");
  };
  for (const std::size_t length : {32U, 64U, 96U, 132U, 256U, 384U}) {
    resigned(std::string(length, '\0'));
    resigned(std::string(length, '\xFF'));
  }
  resigned(std::string(63, '\0') + '\1');
  resigned(std::string{"\x30\x06\x02\x01\x00\x02\x01\x00", 8});
  resigned("");
  resigned("s");
  resigned(signature.substr(1));
  resigned(signature.substr(0, signature.size() - 1));
  resigned(signature.substr(0, signature.size() / 2));
  resigned(signature + 's');
  resigned(signature + signature);
  resigned({signature.rbegin(), signature.rend()});
  for (std::size_t flip = 0; flip < 16; ++flip) {
    std::string changed = signature;
    char& byte = changed[flip * changed.size() / 16];
    byte = static_cast<char>(byte ^ (1 << (flip % 8)));
    resigned(changed);
  }
}

TEST_P(Attack, J12_each_part_has_one_spelling)
{
  const std::string token = good();
  const std::size_t first = token.find('.');
  const std::size_t last = token.rfind('.');
  for (const std::size_t end : {first, last, token.size()}) {
    for (const std::string_view extra : {"=", "==", " ", "!", "+", "/", "\n", "%3D"}) {
      refused(std::string{token}.insert(end, extra), extra);
      refused(std::string{token}.insert(end - 3, extra), extra);
    }
  }
  // 64 bytes leave four unused bits in the last digit: no other spelling of them may pass.
  std::size_t spellings = 0;
  for (const char digit :
       std::string_view{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"}) {
    spellings += bench.verdict(token.substr(0, token.size() - 1) + digit).empty() ? 1U : 0U;
  }
  EXPECT_EQ(spellings, 1U);
}

TEST_P(Attack, J13_members_named_twice_are_not_taken)
{
  const std::string alg = crypto::name_of(GetParam()).data();
  const std::string kid = Workbench::quoted(bench.key.kid);
  refused(
      bench.forged(R"({"alg":"none","alg":")" + alg + R"(","typ":"at+jwt","kid":)" + kid + '}', payload),
      "alg"
  );
  refused(
      bench.forged(R"({"alg":")" + alg + R"(","alg":"none","typ":"at+jwt","kid":)" + kid + '}', payload),
      "alg"
  );
  for (const auto& [name, value] :
       RawMembers{{"sub", R"("1")"}, {"role", R"("ADMIN")"}, {"exp", "1900000000"}}) {
    RawMembers twice = body;
    twice.emplace_back(name, value);
    refused(bench.forged(twice), name);
    std::ranges::rotate(twice, twice.end() - 1);
    refused(bench.forged(twice), name);
  }
}

TEST_P(Attack, J14_J15_what_is_too_large_or_too_deep_is_not_read)
{
  refused(std::string(1024UL * 1024, 'A'), "1 MiB");
  refused(std::string(60'000, '.'), "dots");
  refused(std::string(8000, '.'), "dots within the limit");
  refused(bench.forged(with(body, "padding", Workbench::quoted(std::string(64'000, 'p')))), "64 KiB payload");
  refused(bench.forged(std::string(4000, '['), payload), "brackets");
  std::string nested;
  for (int i = 0; i < 1000; ++i) {
    nested += R"({"a":)";
  }
  refused(bench.forged(nested, payload), "nested");
  refused(bench.forged(object_of(head), nested), "nested");
}

TEST_P(Attack, J16_J17_times_are_whole_seconds_of_our_age)
{
  for (const std::string_view value :
       {"0",
        "-1",
        "1799999999",
        "1800000000",
        "-2147483648",
        "-9223372036854775808",
        "\"0\"",
        "\"never\"",
        "null",
        "true",
        "[]",
        "{}",
        "NaN",
        "1e400",
        "1.9e9",
        "1900000000.5",
        "\"1900000000\"",
        "9007199254740993",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551616"}) {
    refused_claim("exp", value);
  }
  for (const std::string_view value :
       {"1800003600", "\"now\"", "null", "true", "-1", "1.8e9", "9223372036854775807"}) {
    refused_claim("nbf", value);
    refused_claim("iat", value);
  }
  refused(bench.forged(without(body, "exp")), "no exp");
  refused(bench.forged(without(body, "iat")), "no iat");
}

TEST_P(Attack, J18_what_we_do_not_do_is_not_skipped)
{
  for (const auto& [name, value] : RawMembers{
           {"crit", R"(["unknown"])"},
           {"crit", "[]"},
           {"crit", R"("exp")"},
           {"crit", R"(["exp"])"},
           {"crit", "null"},
           {"b64", "false"},
           {"b64", "true"},
           {"zip", R"("DEF")"},
           {"cty", R"("JWT")"},
           {"cty", R"("jwt")"},
           {"cty", "7"},
           {"enc", R"("A128GCM")"}
       }) {
    refused_header(with(head, name, value), name + ' ' + value);
  }
  refused_header(with(with(head, "b64", "false"), "crit", R"(["b64"])"), "b64 with crit");
}

TEST_P(Attack, J19_only_one_compact_signature_is_a_token)
{
  const std::string token = good();
  const std::string input = token.substr(0, token.rfind('.'));
  const std::string signature = token.substr(input.size() + 1);
  refused(
      R"({"payload":")" + crypto::base64url(payload) + R"(","protected":")" +
          input.substr(0, input.find('.')) + R"(","signature":")" + signature + R"("})",
      "JSON serialisation"
  );
  refused(token + '.' + signature, "four parts");
  refused(input + ".." + signature, "an empty part");
  refused(token + ".a.b", "five parts");
  refused(bench.forged(object_of(head), token), "nested");
  refused(token + ',' + token, "a list");
  refused(token + ' ' + token, "two");
  refused(token + token, "twice");
}

TEST_P(Attack, J20_claims_are_one_strict_object)
{
  for (const std::string& text :
       {"\xEF\xBB\xBF" + payload,
        payload + '\0',
        payload + "x",
        payload + payload,
        "/* */" + payload,
        '[' + payload + ']',
        Workbench::quoted("text"),
        std::string{},
        std::string{"null"},
        std::string{"7"},
        object_of(with(body, "jti", "\"\xFF\"")),
        object_of(with(body, "jti", R"("\uD800")")),
        object_of(with(body, "jti", "'x'")),
        payload.substr(0, payload.size() - 1) + ",}"}) {
    EXPECT_EQ(bench.verdict(bench.forged(object_of(head), text)), "token_malformed") << text;
  }
}

TEST_P(Attack, J21_every_claim_is_there_and_ours)
{
  for (const std::string_view name :
       {"iss", "sub", "jti", "type", "sid", "gen", "user_id", "role", "fresh"}) {
    EXPECT_EQ(bench.verdict(bench.forged(without(body, name))), "token_claims_invalid") << name;
    for (const std::string_view value : {R"("")", "7.5", "[]", "{}", "null", "-1", R"(["usher"])"}) {
      refused_claim(name, value);
    }
  }
  for (const std::string_view issuer : {R"("usher/")", R"("Usher")", R"("https://usher")", R"("ushe")"}) {
    refused_claim("iss", issuer);
  }
  for (const std::string_view subject :
       {R"("07")",
        R"("+7")",
        R"(" 7")",
        R"("7 ")",
        R"("-7")",
        R"("0")",
        R"("0x7")",
        R"("7.0")",
        "7",
        R"("9223372036854775808")",
        R"("8")"}) {
    refused_claim("sub", subject);
  }
  refused_claim("aud", R"("another")");
  refused_claim("aud", R"(["another"])");
  refused_claim("role", R"("admin")");
  refused_claim("role", R"("ROOT")");
  refused_claim("sid", R"("0190163D-8694-739B-AEA5-966C26F8AD91")");
  refused_claim("fresh", R"("true")");
  refused_claim("amr", R"("pwd")");
  refused_claim("auth_time", R"("now")");
  EXPECT_EQ(bench.verdict(bench.forged(with(body, "type", R"("refresh")"))), "token_wrong_type");
}

TEST_P(Attack, J21_the_audience_may_be_a_list_that_names_us)
{
  Workbench shop{GetParam(), {.audience = "shop"}};
  EXPECT_EQ(shop.verdict(shop.forged(with(body, "aud", R"("shop")"))), "");
  EXPECT_EQ(shop.verdict(shop.forged(with(body, "aud", R"(["other","shop"])"))), "");
  for (const std::string_view value :
       {R"(["other"])", "[]", R"("shop ")", R"(["shop",7])", "null", "7", R"({"shop":1})"}) {
    EXPECT_EQ(shop.verdict(shop.forged(with(body, "aud", value))), "token_claims_invalid") << value;
  }
}

TEST_P(Attack, J23_no_prefix_of_a_token_is_a_token)
{
  const std::string access = good();
  const std::string refresh = bench.mint.sign(Workbench::refresh_claims());
  for (std::size_t length = 0; length < std::max(access.size(), refresh.size()); length += 3) {
    refused(access.substr(0, std::min(length, access.size() - 1)), "access");
    refused(refresh.substr(0, std::min(length, refresh.size() - 1)), "refresh");
  }
}

TEST_P(Attack, J24_another_instance_cannot_borrow_a_kid)
{
  const auto theirs = crypto::generate_key(crypto::Algorithm::es256);
  EXPECT_EQ(
      bench.verdict(bench.signed_with(*theirs, object_of(with(head, "alg", R"("ES256")")), payload)),
      "token_signature_invalid"
  );
}

TEST_P(Attack, another_typ_is_a_wrong_type)
{
  for (const std::string_view typ :
       {R"("JWT")", R"("")", R"("AT+JWT")", R"("application/at+jwt")", R"("secevent+jwt")"}) {
    EXPECT_EQ(bench.verdict(bench.forged(object_of(with(head, "typ", typ)), payload)), "token_wrong_type")
        << typ;
  }
  EXPECT_EQ(bench.verdict(bench.forged(object_of(without(head, "typ")), payload)), "token_wrong_type");
  EXPECT_EQ(bench.verdict(bench.forged(object_of(with(head, "typ", "7")), payload)), "token_malformed");
}

INSTANTIATE_TEST_SUITE_P(
    each,
    Attack,
    ::testing::Values(
        crypto::Algorithm::es256, crypto::Algorithm::eddsa, crypto::Algorithm::rs256, crypto::Algorithm::hs256
    ),
    [](const auto& info) { return std::string{crypto::name_of(info.param)}; }
);

}  // namespace
}  // namespace usher::tokens
