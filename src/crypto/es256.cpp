#include "base/fault.hpp"
#include "crypto/key_kinds.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace usher::crypto {
namespace {

constexpr std::size_t coordinate_bytes = 32;
constexpr std::size_t signature_bytes = 2 * coordinate_bytes;
constexpr const char* curve = "prime256v1";

/// The order n of P-256 (SEC 2, section 2.4.2).
constexpr std::string_view order{
    "\xFF\xFF\xFF\xFF\x00\x00\x00\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"
    "\xBC\xE6\xFA\xAD\xA7\x17\x9E\x84\xF3\xB9\xCA\xC2\xFC\x63\x25\x51",
    coordinate_bytes
};

std::string padded(const BIGNUM* number)
{
  std::string bytes(coordinate_bytes, '\0');
  if (BN_bn2binpad(number, octets(bytes), static_cast<int>(bytes.size())) != static_cast<int>(bytes.size())) {
    throw Fault{"a P-256 number is longer than 32 bytes"};
  }
  return bytes;
}

/// In [1, n-1], of two numbers of equal length; char_traits compares bytes as unsigned.
bool is_scalar(std::string_view number)
{
  return number < order && std::ranges::any_of(number, [](char byte) { return byte != '\0'; });
}

/// RFC 7518 section 3.4: r and s, 32 bytes each; OpenSSL speaks DER. Empty when it is no such pair.
std::string der_of(std::string_view signature)
{
  if (signature.size() != signature_bytes) {
    return {};
  }
  const std::string_view r = signature.substr(0, coordinate_bytes);
  const std::string_view s = signature.substr(coordinate_bytes);
  if (!is_scalar(r) || !is_scalar(s)) {
    return {};
  }
  const Owned<ECDSA_SIG> pair{ECDSA_SIG_new()};
  const int bytes = static_cast<int>(coordinate_bytes);
  // The pair owns the two numbers from here on.
  if (!pair || ECDSA_SIG_set0(
                   pair.get(), BN_bin2bn(octets(r), bytes, nullptr), BN_bin2bn(octets(s), bytes, nullptr)
               ) != 1) {
    throw Fault{"OpenSSL cannot hold a signature"};
  }
  std::string der(signature_bytes + 16, '\0');
  unsigned char* end = octets(der);
  const int length = i2d_ECDSA_SIG(pair.get(), &end);
  der.resize(static_cast<std::size_t>(std::max(length, 0)));
  return der;
}

std::string jose_of(std::string_view der)
{
  const unsigned char* at = octets(der);
  // NOLINTNEXTLINE(google-runtime-int): OpenSSL's own type
  const Owned<ECDSA_SIG> pair{d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()))};
  if (!pair) {
    throw Fault{"OpenSSL made a signature it cannot read"};
  }
  return padded(ECDSA_SIG_get0_r(pair.get())) + padded(ECDSA_SIG_get0_s(pair.get()));
}

std::string coordinate_of(EVP_PKEY* key, const char* name)
{
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key, name, &number);
  const Owned<BIGNUM> owned{number};
  return padded(owned.get());
}

/// A valid point of P-256, named as such: a curve spelled out in parameters is somebody's trick.
bool is_p256(EVP_PKEY* key)
{
  const CleanErrors clean;
  std::array<char, 32> name{};
  int spelled_out = 0;
  EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &spelled_out);
  if (spelled_out != 0 || EVP_PKEY_get_group_name(key, name.data(), name.size(), nullptr) != 1 ||
      std::string_view{name.data()} != curve) {
    return false;
  }
  const Owned<EVP_PKEY_CTX> context{EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr)};
  return EVP_PKEY_public_check(context.get()) == 1;
}

class Es256Public final : public PublicKey {
 public:
  explicit Es256Public(Owned<EVP_PKEY> key)
      : key_{std::move(key)},
        context_{verifying_context(key_.get())},
        parameters_{
            .x = coordinate_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X),
            .y = coordinate_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y)
        },
        pem_{public_to_pem(key_.get())}
  {
  }

  Algorithm algorithm() const override { return Algorithm::es256; }

  // NOLINTNEXTLINE(bugprone-easily-swappable-parameters): as PublicKey has it
  bool verify(std::string_view message, std::string_view signature) const override
  {
    const std::string der = der_of(signature);
    return !der.empty() && verify_digest(context_.get(), message, der);
  }

  PublicParameters parameters() const override { return parameters_; }

  std::string pem() const override { return pem_; }

 private:
  Owned<EVP_PKEY> key_;
  Owned<EVP_PKEY_CTX> context_;
  PublicParameters parameters_;
  std::string pem_;
};

class Es256Private final : public PrivateKey {
 public:
  Es256Private(Owned<EVP_PKEY> key, PublicKeyPtr public_key)
      : key_{std::move(key)}, context_{signing_context(key_.get())}, public_{std::move(public_key)}
  {
  }

  Algorithm algorithm() const override { return Algorithm::es256; }
  std::string sign(std::string_view message) const override
  {
    return jose_of(sign_digest(context_.get(), message));
  }
  Secret pem() const override { return private_to_pem(key_.get()); }
  PublicKeyPtr public_key() const override { return public_; }

 private:
  Owned<EVP_PKEY> key_;
  Owned<EVP_PKEY_CTX> context_;
  PublicKeyPtr public_;
};

}  // namespace

PrivateKeyPtr generate_es256()
{
  std::string name{curve};
  const std::array parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, name.data(), 0), OSSL_PARAM_construct_end()
  };
  return es256_private(new_key("EC", parameters.data()));
}

PrivateKeyPtr es256_private(Owned<EVP_PKEY> key)
{
  if (!key || !is_p256(key.get())) {
    return nullptr;
  }
  PublicKeyPtr public_key = es256_public(PublicParameters{
      .x = coordinate_of(key.get(), OSSL_PKEY_PARAM_EC_PUB_X),
      .y = coordinate_of(key.get(), OSSL_PKEY_PARAM_EC_PUB_Y)
  });
  auto made = std::make_shared<const Es256Private>(std::move(key), std::move(public_key));
  // The two halves of a foreign file need not belong together.
  return made->public_key()->verify("pair", made->sign("pair")) ? made : nullptr;
}

PublicKeyPtr es256_public(Owned<EVP_PKEY> key)
{
  if (!key || !is_p256(key.get())) {
    return nullptr;
  }
  return std::make_shared<const Es256Public>(std::move(key));
}

PublicKeyPtr es256_public(const PublicParameters& parameters)
{
  // RFC 7518 section 6.2.1.2: the full size of a coordinate, leading zeros included.
  if (parameters.x.size() != coordinate_bytes || parameters.y.size() != coordinate_bytes) {
    return nullptr;
  }
  const std::string point = '\x04' + parameters.x + parameters.y;  // SEC 1 section 2.3.3, uncompressed
  const Owned<OSSL_PARAM_BLD> builder{OSSL_PARAM_BLD_new()};
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve, 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  return es256_public(public_from_parameters("EC", builder.get()));
}

}  // namespace usher::crypto
