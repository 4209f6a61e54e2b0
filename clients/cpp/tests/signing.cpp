#include "signing.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <map>
#include <memory>

namespace usher::verify {
namespace {

Owned<EVP_PKEY> generate(Algorithm algorithm)
{
  switch (algorithm) {
    case Algorithm::es256: return Owned<EVP_PKEY>{EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")};
    case Algorithm::eddsa: return Owned<EVP_PKEY>{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")};
    case Algorithm::rs256: return Owned<EVP_PKEY>{EVP_RSA_gen(2048)};
    case Algorithm::hs256: break;
  }
  return nullptr;
}

std::string number(EVP_PKEY* key, const char* name, int size)
{
  BIGNUM* value = nullptr;
  EVP_PKEY_get_bn_param(key, name, &value);
  std::string bytes(static_cast<std::size_t>(size > 0 ? size : BN_num_bytes(value)), '\0');
  BN_bn2binpad(value, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  BN_free(value);
  return encode_base64url(bytes);
}

std::string jose_of(const std::string& der)
{
  const unsigned char* at = octets(der);
  ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
  std::string bytes(64, '\0');
  auto* out = reinterpret_cast<unsigned char*>(bytes.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, 32);
  BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + 32, 32);
  ECDSA_SIG_free(pair);
  return bytes;
}

}  // namespace

Signer::Signer(Algorithm algorithm, std::string name)
    : algorithm_{algorithm},
      kid_{name.empty() ? "key-" + std::string{name_of(algorithm)} : std::move(name)},
      key_{generate(algorithm)},
      secret_{algorithm == Algorithm::hs256 ? "a secret of exactly 32 bytes....." : ""}
{
}

std::string Signer::signature(std::string_view message) const
{
  if (algorithm_ == Algorithm::hs256) {
    std::string mac(32, '\0');
    HMAC(
        EVP_sha256(),
        secret_.data(),
        static_cast<int>(secret_.size()),
        octets(message),
        message.size(),
        reinterpret_cast<unsigned char*>(mac.data()),
        nullptr
    );
    return mac;
  }
  const Owned<EVP_MD_CTX> context{EVP_MD_CTX_new()};
  const char* digest = algorithm_ == Algorithm::eddsa ? nullptr : "SHA256";
  EVP_DigestSignInit_ex(context.get(), nullptr, digest, nullptr, nullptr, key_.get(), nullptr);
  std::size_t size = 0;
  EVP_DigestSign(context.get(), nullptr, &size, octets(message), message.size());
  std::string out(size, '\0');
  EVP_DigestSign(
      context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, octets(message), message.size()
  );
  out.resize(size);
  return algorithm_ == Algorithm::es256 ? jose_of(out) : out;
}

std::string Signer::sign(const std::string& header, const std::string& payload) const
{
  const std::string message = encode_base64url(header) + '.' + encode_base64url(payload);
  return message + '.' + encode_base64url(signature(message));
}

std::string Signer::statement(const Json& payload) const
{
  return sign(with(header(), "typ", "revocations+jwt"), payload);
}

Json Signer::header() const
{
  return {{"alg", alg()}, {"typ", "at+jwt"}, {"kid", kid_}};
}

Json Signer::jwk() const
{
  Json jwk{{"kid", kid_}, {"use", "sig"}, {"alg", alg()}};
  if (algorithm_ == Algorithm::es256) {
    jwk.update({
        {"kty", "EC"},
        {"crv", "P-256"},
        {"x", number(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, 32)},
        {"y", number(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, 32)},
    });
  } else if (algorithm_ == Algorithm::eddsa) {
    std::string x(32, '\0');
    std::size_t size = x.size();
    EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(x.data()), &size);
    jwk.update({{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", encode_base64url(x)}});
  } else if (algorithm_ == Algorithm::rs256) {
    jwk.update({
        {"kty", "RSA"},
        {"n", number(key_.get(), OSSL_PKEY_PARAM_RSA_N, 0)},
        {"e", number(key_.get(), OSSL_PKEY_PARAM_RSA_E, 0)},
    });
  } else {
    jwk.update({{"kty", "oct"}, {"k", encode_base64url(secret_)}});
  }
  return jwk;
}

std::string Signer::jwks() const
{
  return Json{{"keys", Json::array({jwk()})}}.dump();
}

std::string Signer::pem() const
{
  const Owned<BIO> stream{BIO_new(BIO_s_mem())};
  PEM_write_bio_PUBKEY(stream.get(), key_.get());
  char* bytes = nullptr;
  const auto size = static_cast<std::size_t>(BIO_get_mem_data(stream.get(), &bytes));
  return {bytes, size};
}

const Signer& shared_signer(Algorithm algorithm)
{
  static std::map<Algorithm, std::unique_ptr<const Signer>> made;
  auto& signer = made[algorithm];
  if (!signer) {
    signer = std::make_unique<const Signer>(algorithm);
  }
  return *signer;
}

Json claims_at(std::int64_t issued)
{
  return {
      {"iss", "usher"},
      {"sub", "7"},
      {"iat", issued},
      {"nbf", issued},
      {"exp", issued + 900},
      {"jti", "an-id"},
      {"type", "access"},
      {"fresh", true},
      {"sid", some_session},
      {"gen", 3},
      {"user_id", 7},
      {"role", "USER"},
      {"auth_time", issued},
      {"amr", {"pwd"}},
  };
}

Json statement_at(std::int64_t issued, std::int64_t from, std::int64_t seq)
{
  return {
      {"iss", "usher"},
      {"aud", "revocations"},
      {"type", "revocations"},
      {"iat", issued},
      {"exp", 0},
      {"seq", seq},
      {"from", from},
      {"keep", 990},
      {"sessions", Json::array()},
      {"users", Json::object()},
  };
}

Json with(Json object, const std::string& name, const Json& value)
{
  object[name] = value;
  return object;
}

Json without(Json object, const std::string& name)
{
  object.erase(name);
  return object;
}

}  // namespace usher::verify
