#include "jws.hpp"
#include "keys.hpp"

#include <nlohmann/json.hpp>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <utility>

namespace usher::verify {
namespace {

using nlohmann::json;

constexpr std::size_t keys_max = 64;
constexpr int rsa_bits_min = 2048;
constexpr int rsa_bits_max = 8192;
constexpr std::size_t secret_bytes_min = 32;  // RFC 7518 section 3.2
constexpr std::size_t coordinate_bytes = 32;
constexpr std::size_t ed25519_bytes = 32;
constexpr const char* p256 = "prime256v1";

EVP_MAC* hmac_method()
{
  static EVP_MAC* const method = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  return method;
}

Owned<EVP_PKEY> public_from(const char* type, OSSL_PARAM_BLD* builder)
{
  const Owned<OSSL_PARAM> parameters{OSSL_PARAM_BLD_to_param(builder)};
  const Owned<EVP_PKEY_CTX> context{EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr)};
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  return Owned<EVP_PKEY>{key};
}

/// The text member of a JWK, decoded; empty when it is absent or not base64url.
std::string decoded(const json& jwk, const char* name)
{
  std::string bytes;
  const auto found = jwk.find(name);
  if (found == jwk.end() || !found->is_string() ||
      !decode_base64url(found->get_ref<const std::string&>(), bytes)) {
    bytes.clear();
  }
  return bytes;
}

std::string text_of(const json& jwk, const char* name)
{
  const auto found = jwk.find(name);
  return found != jwk.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

Owned<EVP_PKEY> p256_key(const json& jwk)
{
  const std::string x = decoded(jwk, "x");
  const std::string y = decoded(jwk, "y");
  // RFC 7518 section 6.2.1.2: the full size of a coordinate, leading zeros included.
  if (text_of(jwk, "crv") != "P-256" || x.size() != coordinate_bytes || y.size() != coordinate_bytes) {
    return nullptr;
  }
  const std::string point = '\x04' + x + y;  // SEC 1 section 2.3.3, uncompressed
  const Owned<OSSL_PARAM_BLD> builder{OSSL_PARAM_BLD_new()};
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, p256, 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  return public_from("EC", builder.get());
}

Owned<EVP_PKEY> ed25519_key(const json& jwk)
{
  const std::string x = decoded(jwk, "x");
  if (text_of(jwk, "crv") != "Ed25519" || x.size() != ed25519_bytes) {
    return nullptr;
  }
  return Owned<EVP_PKEY>{EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, octets(x), x.size())};
}

Owned<EVP_PKEY> rsa_key(const json& jwk)
{
  const std::string n = decoded(jwk, "n");
  const std::string e = decoded(jwk, "e");
  if (n.empty() || e.empty() || n.size() > rsa_bits_max / 8 || e.size() > 8) {
    return nullptr;
  }
  const Owned<BIGNUM> modulus{BN_bin2bn(octets(n), static_cast<int>(n.size()), nullptr)};
  const Owned<BIGNUM> exponent{BN_bin2bn(octets(e), static_cast<int>(e.size()), nullptr)};
  const Owned<OSSL_PARAM_BLD> builder{OSSL_PARAM_BLD_new()};
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
  return public_from("RSA", builder.get());
}

bool is_on_p256(EVP_PKEY* key)
{
  std::array<char, 32> name{};
  int spelled_out = 0;  // a curve spelled out in parameters is somebody's trick
  EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &spelled_out);
  if (spelled_out != 0 || EVP_PKEY_get_group_name(key, name.data(), name.size(), nullptr) != 1 ||
      std::string_view{name.data()} != p256) {
    return false;
  }
  const Owned<EVP_PKEY_CTX> context{EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr)};
  return context && EVP_PKEY_public_check(context.get()) == 1;
}

bool is_strong_rsa(EVP_PKEY* key)
{
  BIGNUM* exponent = nullptr;
  EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent);
  const Owned<BIGNUM> owned{exponent};
  const int bits = EVP_PKEY_get_bits(key);
  return bits >= rsa_bits_min && bits <= rsa_bits_max && exponent != nullptr && BN_is_odd(exponent) == 1 &&
         BN_num_bits(exponent) > 1 && BN_num_bits(exponent) <= 64;
}

/// What the key is fit for; nothing for any other kind, or a weak one.
std::optional<Algorithm> algorithm_of(EVP_PKEY* key)
{
  if (EVP_PKEY_is_a(key, "EC") == 1 && is_on_p256(key)) {
    return Algorithm::es256;
  }
  if (EVP_PKEY_is_a(key, "ED25519") == 1) {
    return Algorithm::eddsa;
  }
  if (EVP_PKEY_is_a(key, "RSA") == 1 && is_strong_rsa(key)) {
    return Algorithm::rs256;
  }
  return std::nullopt;
}

std::string identity_of(EVP_PKEY* key)
{
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  std::string identity{der, der + std::max(size, 0)};
  OPENSSL_free(der);
  return identity;
}

KeyPtr public_key(Owned<EVP_PKEY> key, std::string kid)
{
  const auto algorithm = key ? algorithm_of(key.get()) : std::nullopt;
  if (!algorithm) {
    return nullptr;
  }
  std::string identity = identity_of(key.get());
  return std::make_shared<const Key>(*algorithm, std::move(kid), std::move(key), std::move(identity));
}

Owned<EVP_PKEY> spki_key(std::string_view bytes)
{
  const unsigned char* at = octets(bytes);
  return Owned<EVP_PKEY>{d2i_PUBKEY(nullptr, &at, static_cast<long>(bytes.size()))};  // NOLINT(*-runtime-int)
}

std::string_view trimmed(std::string_view text)
{
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  constexpr std::string_view space = " \t\r\n\v\f";
  for (std::size_t before = 0; before != text.size();) {
    before = text.size();
    text.remove_prefix(std::min(text.find_first_not_of(space), text.size()));
    text.remove_prefix(text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0);
  }
  return text.substr(0, text.find_last_not_of(space) + 1);
}

bool is_pem(std::string_view text)
{
  return text.find("-----BEGIN") != std::string_view::npos;
}

/// What everybody may know is nobody's secret: whoever has the public key could sign (RFC 8725 section 2.1).
bool is_public(std::string_view secret)
{
  const std::string_view text = trimmed(secret);
  const bool is_object = text.starts_with('{') && json::accept(text.begin(), text.end());
  return is_object || is_pem(secret) || spki_key(secret) != nullptr;
}

KeyPtr secret_key(std::string_view secret, std::string kid)
{
  if (secret.size() < secret_bytes_min || is_public(secret)) {
    return nullptr;
  }
  Owned<EVP_MAC_CTX> keyed{EVP_MAC_CTX_new(hmac_method())};
  std::array<char, 7> digest{"SHA256"};
  const std::array parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0), OSSL_PARAM_construct_end()
  };
  if (!keyed || EVP_MAC_init(keyed.get(), octets(secret), secret.size(), parameters.data()) != 1) {
    return nullptr;
  }
  const Sha256 digested = sha256(secret);
  return std::make_shared<const Key>(
      std::move(kid), std::move(keyed), std::string{digested.begin(), digested.end()}
  );
}

KeyPtr key_of(const json& jwk, Secrets secrets)
{
  const std::string type = jwk.is_object() ? text_of(jwk, "kty") : std::string{};
  const std::string use = type.empty() ? std::string{} : text_of(jwk, "use");
  if (type.empty() || (!use.empty() && use != "sig")) {
    return nullptr;
  }
  std::string kid = text_of(jwk, "kid");
  KeyPtr key;
  if (type == "EC") {
    key = public_key(p256_key(jwk), std::move(kid));
  } else if (type == "OKP") {
    key = public_key(ed25519_key(jwk), std::move(kid));
  } else if (type == "RSA") {
    key = public_key(rsa_key(jwk), std::move(kid));
  } else if (type == "oct" && secrets == Secrets::taken) {
    key = secret_key(decoded(jwk, "k"), std::move(kid));
  }
  const std::string alg = text_of(jwk, "alg");
  return key && (alg.empty() || alg == name_of(key->algorithm())) ? key : nullptr;
}

std::optional<KeySet> single(KeyPtr key)
{
  return key ? std::optional{KeySet{{std::move(key)}}} : std::nullopt;
}

}  // namespace

std::optional<KeySet> parse_jwks(std::string_view text, Secrets secrets)
{
  const CleanErrors clean;
  const json document = json::parse(text.begin(), text.end(), nullptr, false);
  const auto list = document.is_object() ? document.find("keys") : document.end();
  if (!document.is_object() || list == document.end() || !list->is_array() || list->size() > keys_max) {
    return std::nullopt;
  }
  std::vector<KeyPtr> keys;
  for (const json& jwk : *list) {
    KeyPtr key = key_of(jwk, secrets);
    const auto has_its_name = [&](const KeyPtr& other) { return other->kid() == key->kid(); };
    if (key && std::ranges::none_of(keys, has_its_name)) {  // of two of one name the first counts
      keys.push_back(std::move(key));
    }
  }
  return KeySet{std::move(keys)};
}

std::optional<KeySet> parse_keys(std::string_view text)
{
  const CleanErrors clean;
  text = trimmed(text);
  if (is_pem(text)) {
    const Owned<BIO> stream{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
    return single(
        public_key(Owned<EVP_PKEY>{PEM_read_bio_PUBKEY(stream.get(), nullptr, nullptr, nullptr)}, {})
    );
  }
  if (text.starts_with('{')) {
    if (auto set = parse_jwks(text, Secrets::taken)) {
      return set->keys().empty() ? std::nullopt : std::move(set);
    }
    return single(key_of(json::parse(text.begin(), text.end(), nullptr, false), Secrets::taken));
  }
  std::string secret;
  return decode_base64url(text, secret) ? single(secret_key(secret, {})) : std::nullopt;
}

}  // namespace usher::verify
