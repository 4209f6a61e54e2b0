#include "base/fault.hpp"
#include "crypto/key_kinds.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace usher::crypto {
namespace {

constexpr int bits_of_new_keys = 3072;
constexpr int bits_max = 8192;  ///< longer ones only cost time
constexpr std::uint64_t exponent_min = 65537;
constexpr int exponent_bits_max = 64;

Owned<BIGNUM> number_of(EVP_PKEY* key, const char* name)
{
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key, name, &number);
  return Owned<BIGNUM>{number};
}

std::string bytes_of(const BIGNUM* number)
{
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, octets(bytes));
  return bytes;
}

bool is_power_of_65537(const BIGNUM* modulus, std::uint64_t prime)
{
  const std::uint64_t residue = BN_mod_word(modulus, prime);
  std::uint64_t power = 1;
  for (std::uint64_t tried = 0; tried < prime && power != residue; ++tried) {
    power = power * exponent_min % prime;
  }
  return power == residue;
}

/// Keys of a widespread smart card library (CVE-2017-15361, "ROCA"): both primes, and so the modulus, are
/// powers of 65537 modulo every small prime. A sound key passes for one with a chance of one in 2^27.
bool is_roca(const BIGNUM* modulus)
{
  constexpr std::array<std::uint64_t, 17> primes{
      11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157
  };
  return std::ranges::all_of(primes, [modulus](std::uint64_t prime) {
    return is_power_of_65537(modulus, prime);
  });
}

bool is_sound(EVP_PKEY* key, int bits_min)
{
  const Owned<BIGNUM> n = number_of(key, OSSL_PKEY_PARAM_RSA_N);
  const Owned<BIGNUM> e = number_of(key, OSSL_PKEY_PARAM_RSA_E);
  if (!n || !e || BN_num_bits(n.get()) < bits_min || BN_num_bits(n.get()) > bits_max ||
      BN_is_odd(n.get()) == 0) {
    return false;
  }
  if (BN_num_bits(e.get()) > exponent_bits_max || BN_get_word(e.get()) < exponent_min ||
      BN_is_odd(e.get()) == 0) {
    return false;
  }
  return !is_roca(n.get());
}

class Rs256Public final : public PublicKey {
 public:
  explicit Rs256Public(Owned<EVP_PKEY> key)
      : key_{std::move(key)},
        context_{verifying_context(key_.get())},
        signature_bytes_{static_cast<std::size_t>(EVP_PKEY_get_size(key_.get()))}
  {
  }

  Algorithm algorithm() const override { return Algorithm::rs256; }

  bool verify(std::string_view message, std::string_view signature) const override
  {
    // RFC 8017 section 8.2.2 step 1. OpenSSL encodes what it expects and compares, it parses no padding.
    return signature.size() == signature_bytes_ && verify_digest(context_.get(), message, signature);
  }

  PublicParameters parameters() const override
  {
    return {
        .n = bytes_of(number_of(key_.get(), OSSL_PKEY_PARAM_RSA_N).get()),
        .e = bytes_of(number_of(key_.get(), OSSL_PKEY_PARAM_RSA_E).get())
    };
  }

  std::string pem() const override { return public_to_pem(key_.get()); }

 private:
  Owned<EVP_PKEY> key_;
  Owned<EVP_PKEY_CTX> context_;
  std::size_t signature_bytes_;
};

class Rs256Private final : public PrivateKey {
 public:
  Rs256Private(Owned<EVP_PKEY> key, PublicKeyPtr public_key)
      : key_{std::move(key)}, context_{signing_context(key_.get())}, public_{std::move(public_key)}
  {
  }

  Algorithm algorithm() const override { return Algorithm::rs256; }
  std::string sign(std::string_view message) const override { return sign_digest(context_.get(), message); }
  Secret pem() const override { return private_to_pem(key_.get()); }
  PublicKeyPtr public_key() const override { return public_; }

 private:
  Owned<EVP_PKEY> key_;
  Owned<EVP_PKEY_CTX> context_;
  PublicKeyPtr public_;
};

void push(OSSL_PARAM_BLD* builder, const char* name, const BIGNUM* number)
{
  if (number == nullptr || OSSL_PARAM_BLD_push_BN(builder, name, number) != 1) {
    throw Fault{"OpenSSL cannot hold an RSA number"};
  }
}

}  // namespace

PrivateKeyPtr generate_rs256()
{
  std::size_t bits = bits_of_new_keys;
  const std::array parameters{
      OSSL_PARAM_construct_size_t(OSSL_PKEY_PARAM_RSA_BITS, &bits), OSSL_PARAM_construct_end()
  };
  return rs256_private(new_key("RSA", parameters.data()), bits_of_new_keys);
}

PrivateKeyPtr rs256_private(Owned<EVP_PKEY> key, int bits_min)
{
  if (!key || !is_sound(key.get(), bits_min)) {
    return nullptr;
  }
  const CleanErrors clean;
  const Owned<BIGNUM> n = number_of(key.get(), OSSL_PKEY_PARAM_RSA_N);
  const Owned<BIGNUM> e = number_of(key.get(), OSSL_PKEY_PARAM_RSA_E);
  PublicKeyPtr public_key = rs256_public({.n = bytes_of(n.get()), .e = bytes_of(e.get())}, bits_min);
  const Owned<EVP_PKEY_CTX> check{EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr)};
  if (!public_key || EVP_PKEY_pairwise_check(check.get()) != 1) {
    return nullptr;
  }
  return std::make_shared<const Rs256Private>(std::move(key), std::move(public_key));
}

PublicKeyPtr rs256_public(Owned<EVP_PKEY> key, int bits_min)
{
  if (!key || !is_sound(key.get(), bits_min)) {
    return nullptr;
  }
  return std::make_shared<const Rs256Public>(std::move(key));
}

PublicKeyPtr rs256_public(const PublicParameters& parameters, int bits_min)
{
  // RFC 7518 section 2, Base64urlUInt: no leading zero bytes.
  const auto is_number = [](std::string_view bytes) {
    return !bytes.empty() && bytes.front() != '\0' && bytes.size() <= bits_max / 8;
  };
  if (!is_number(parameters.n) || !is_number(parameters.e)) {
    return nullptr;
  }
  const auto to_number = [](std::string_view bytes) {
    return Owned<BIGNUM>{BN_bin2bn(octets(bytes), static_cast<int>(bytes.size()), nullptr)};
  };
  const Owned<BIGNUM> n = to_number(parameters.n);
  const Owned<BIGNUM> e = to_number(parameters.e);
  const Owned<OSSL_PARAM_BLD> builder{OSSL_PARAM_BLD_new()};
  push(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  push(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  return rs256_public(public_from_parameters("RSA", builder.get()), bits_min);
}

}  // namespace usher::crypto
