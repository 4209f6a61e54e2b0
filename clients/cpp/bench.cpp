// What a check costs: the bare signature check of OpenSSL, the library's with a token never seen, and with
// one it remembers; all in one run, in turns, so that a noisy machine disturbs all alike. The bare check is
// the fastest form EVP has: a prepared context, the signature in DER already, nothing parsed.
//
//   usher_verify_bench [tokens per round] [rounds]

#include "jws.hpp"
#include "keys.hpp"
#include "usher_verify.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace usher::verify;  // NOLINT(google-build-using-namespace): a program about one library
using Clock = std::chrono::steady_clock;

constexpr std::int64_t start = 1'800'000'000;
constexpr std::size_t signature_max = 512;

unsigned char* writable(std::string& text)
{
  return reinterpret_cast<unsigned char*>(text.data());
}

Owned<EVP_PKEY> generate(Algorithm algorithm)
{
  switch (algorithm) {
    case Algorithm::eddsa: return Owned<EVP_PKEY>{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")};
    case Algorithm::rs256:
      return Owned<EVP_PKEY>{EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{3072})};
    default: return Owned<EVP_PKEY>{EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")};
  }
}

std::string pem_of(EVP_PKEY* key)
{
  const Owned<BIO> stream{BIO_new(BIO_s_mem())};
  PEM_write_bio_PUBKEY(stream.get(), key);
  char* bytes = nullptr;
  const auto size = static_cast<std::size_t>(BIO_get_mem_data(stream.get(), &bytes));
  return {bytes, size};
}

std::string jose_of(std::string_view der)
{
  const unsigned char* at = octets(der);
  ECDSA_SIG* const pair = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
  std::string bytes(64, '\0');
  BN_bn2binpad(ECDSA_SIG_get0_r(pair), writable(bytes), 32);
  BN_bn2binpad(ECDSA_SIG_get0_s(pair), writable(bytes) + 32, 32);
  ECDSA_SIG_free(pair);
  return bytes;
}

/// A token, and what the bare check needs of it.
struct Sample {
  std::string token;
  std::string message;
  std::string signature;
};

class Bench {
 public:
  Bench(Algorithm algorithm, std::size_t count) : algorithm_{algorithm}, key_{generate(algorithm)}
  {
    for (std::size_t i = 0; i < count; ++i) {
      samples_.push_back(make(i));
    }
    if (algorithm != Algorithm::eddsa) {
      context_.reset(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
      EVP_PKEY_verify_init(context_.get());
      EVP_PKEY_CTX_set_signature_md(context_.get(), EVP_sha256());
    }
  }

  void run(int rounds)
  {
    std::vector<double> bare;
    std::vector<double> cold;
    std::vector<double> warm;
    // One that has run for long: its cache is full of others, so that every token of a round is new to it.
    Verifier busy{settings(samples_.size() / 8)};
    Verifier roomy{settings(4 * samples_.size())};
    per_token([&](const Sample& sample) { return busy.verify(sample.token) && roomy.verify(sample.token); });
    for (int round = 0; round < rounds; ++round) {
      bare.push_back(per_token([&](const Sample& sample) { return check_bare(sample); }));
      cold.push_back(per_token([&](const Sample& sample) { return bool{busy.verify(sample.token)}; }));
      warm.push_back(per_token([&](const Sample& sample) { return bool{roomy.verify(sample.token)}; }));
    }
    const double base = median(bare);
    std::printf(
        "%-6s bare %8.2f us   cold %8.2f us (x %.3f)   warm %6.2f us (x %.3f)\n",
        std::string{name_of(algorithm_)}.c_str(),
        base,
        median(cold),
        ratio(cold, bare),
        median(warm),
        ratio(warm, bare)
    );
  }

 private:
  Sample make(std::size_t number) const
  {
    const std::string header = R"({"alg":")" + std::string{name_of(algorithm_)} +
                               R"(","typ":"at+jwt","kid":"NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"})";
    const std::string payload =
        R"({"iss":"usher","sub":"7","iat":1800000000,"nbf":1800000000,"exp":1800000900,"jti":")" +
        std::to_string(1'000'000 + number) +
        R"(-abcdefghijklmn","type":"access","fresh":true,"sid":"019ab7d2-7f3c-7a01-8b12-0123456789ab","gen":1,)"
        R"("user_id":7,"role":"USER","auth_time":1800000000,"amr":["pwd"]})";
    Sample sample;
    sample.message = encode_base64url(header) + '.' + encode_base64url(payload);
    sample.signature = signature(sample.message);
    const bool der = algorithm_ == Algorithm::es256;
    sample.token =
        sample.message + '.' + encode_base64url(der ? jose_of(sample.signature) : sample.signature);
    return sample;
  }

  std::string signature(const std::string& message) const
  {
    const Owned<EVP_MD_CTX> context{EVP_MD_CTX_new()};
    const char* const digest = algorithm_ == Algorithm::eddsa ? nullptr : "SHA256";
    EVP_DigestSignInit_ex(context.get(), nullptr, digest, nullptr, nullptr, key_.get(), nullptr);
    std::string bytes(signature_max, '\0');
    std::size_t size = bytes.size();
    EVP_DigestSign(context.get(), writable(bytes), &size, octets(message), message.size());
    bytes.resize(size);
    return bytes;
  }

  Settings settings(std::size_t cache_size) const
  {
    return {.max_stale = std::nullopt, .cache_size = cache_size, .keys = pem_of(key_.get()), .clock = [] {
              return std::chrono::system_clock::time_point{seconds{start}};
            }};
  }

  bool check_bare(const Sample& sample) const
  {
    if (algorithm_ == Algorithm::eddsa) {
      EVP_DigestVerifyInit_ex(digest_.get(), nullptr, nullptr, nullptr, nullptr, key_.get(), nullptr);
      return EVP_DigestVerify(
                 digest_.get(),
                 octets(sample.signature),
                 sample.signature.size(),
                 octets(sample.message),
                 sample.message.size()
             ) == 1;
    }
    const Sha256 digest = sha256(sample.message);
    return EVP_PKEY_verify(
               context_.get(), octets(sample.signature), sample.signature.size(), digest.data(), digest.size()
           ) == 1;
  }

  template <class Check>
  double per_token(Check check) const
  {
    std::size_t good = 0;
    const auto begin = Clock::now();
    for (const Sample& sample : samples_) {
      good += check(sample) ? 1 : 0;
    }
    const std::chrono::duration<double, std::micro> took = Clock::now() - begin;
    if (good != samples_.size()) {
      std::fprintf(stderr, "a good token was refused\n");
      std::exit(1);
    }
    return took.count() / static_cast<double>(samples_.size());
  }

  static double median(std::vector<double> figures)
  {
    std::sort(figures.begin(), figures.end());
    return figures[figures.size() / 2];
  }

  /// The median of what each round says: noise that lasts longer than a round then does not count.
  static double ratio(const std::vector<double>& figures, const std::vector<double>& base)
  {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < figures.size(); ++i) {
      ratios.push_back(figures[i] / base[i]);
    }
    return median(ratios);
  }

  Algorithm algorithm_;
  Owned<EVP_PKEY> key_;
  Owned<EVP_PKEY_CTX> context_;
  Owned<EVP_MD_CTX> digest_{EVP_MD_CTX_new()};
  std::vector<Sample> samples_;
};

}  // namespace

int main(int argc, char** argv)
{
  const std::size_t tokens = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 500;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 21;
  std::printf("%zu tokens, median of %d rounds, one thread\n", tokens, rounds);
  for (const Algorithm algorithm : {Algorithm::es256, Algorithm::eddsa, Algorithm::rs256}) {
    Bench{algorithm, tokens}.run(rounds);
  }
}
