#include "keys.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <new>
#include <utility>

namespace usher::verify {
namespace {

constexpr std::size_t coordinate_bytes = 32;

/// The order n of P-256 (SEC 2, section 2.4.2).
constexpr std::string_view order{
    "\xFF\xFF\xFF\xFF\x00\x00\x00\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"
    "\xBC\xE6\xFA\xAD\xA7\x17\x9E\x84\xF3\xB9\xCA\xC2\xFC\x63\x25\x51",
    coordinate_bytes
};

/// Looking an algorithm up costs more than hashing a token does: once per process, for as long as it lives.
const EVP_MD* sha256_method()
{
  static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return method;
}

bool is_scalar(std::string_view number)
{
  return number < order && std::ranges::any_of(number, [](char byte) { return byte != '\0'; });
}

/// ASN.1 INTEGER: no leading zeros, but one where the first bit would read as a sign.
unsigned char* put_integer(unsigned char* at, std::string_view number)
{
  number.remove_prefix(number.find_first_not_of('\0'));
  const bool pad = (static_cast<unsigned char>(number.front()) & 0x80U) != 0;
  *at++ = 0x02;
  *at++ = static_cast<unsigned char>(number.size() + (pad ? 1 : 0));
  if (pad) {
    *at++ = 0;
  }
  return std::ranges::copy(number, at).out;
}

struct Der {
  std::array<unsigned char, 2 + (2 * (2 + 1 + coordinate_bytes))> bytes{};
  std::size_t size{0};
};

/// RFC 7518 section 3.4: r and s, 32 bytes each, in [1, n-1]; OpenSSL speaks DER. Size 0 for anything else.
Der der_of(std::string_view signature)
{
  Der der;
  if (signature.size() != 2 * coordinate_bytes) {
    return der;
  }
  const std::string_view r = signature.substr(0, coordinate_bytes);
  const std::string_view s = signature.substr(coordinate_bytes);
  if (!is_scalar(r) || !is_scalar(s)) {
    return der;
  }
  unsigned char* const body = der.bytes.data() + 2;
  const unsigned char* const end = put_integer(put_integer(body, r), s);
  der.bytes[0] = 0x30;
  der.bytes[1] = static_cast<unsigned char>(end - body);
  der.size = static_cast<std::size_t>(end - der.bytes.data());
  return der;
}

/// What one thread keeps of the keys it met last: contexts that are ready to verify.
struct Prepared {
  std::uint64_t number{0};
  Owned<EVP_PKEY_CTX> context{};
};

EVP_PKEY_CTX* prepared_context(std::uint64_t number, EVP_PKEY* key)
{
  thread_local std::array<Prepared, 8> ready;
  thread_local std::size_t next = 0;
  for (const Prepared& one : ready) {
    if (one.number == number) {
      return one.context.get();
    }
  }
  // RSA's padding is PKCS#1 v1.5 unless told otherwise.
  Owned<EVP_PKEY_CTX> context{EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr)};
  if (!context || EVP_PKEY_verify_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_signature_md(context.get(), sha256_method()) != 1) {
    return nullptr;
  }
  Prepared& slot = ready[next++ % ready.size()];
  slot = {.number = number, .context = std::move(context)};
  return slot.context.get();
}

EVP_MD_CTX* thread_digest()
{
  thread_local const Owned<EVP_MD_CTX> context{EVP_MD_CTX_new()};
  return context.get();
}

bool verify_eddsa(EVP_PKEY* key, std::string_view message, std::string_view signature)
{
  thread_local const Owned<EVP_MD_CTX> context{EVP_MD_CTX_new()};
  return EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key, nullptr) == 1 &&
         EVP_DigestVerify(
             context.get(), octets(signature), signature.size(), octets(message), message.size()
         ) == 1;
}

bool verify_hmac(const EVP_MAC_CTX* keyed, std::string_view message, std::string_view signature)
{
  const Owned<EVP_MAC_CTX> context{EVP_MAC_CTX_dup(keyed)};
  Sha256 made{};
  std::size_t size = 0;
  return context && EVP_MAC_update(context.get(), octets(message), message.size()) == 1 &&
         EVP_MAC_final(context.get(), made.data(), &size, made.size()) == 1 && size == made.size() &&
         signature.size() == made.size() && CRYPTO_memcmp(made.data(), signature.data(), made.size()) == 0;
}

std::uint64_t next_number()
{
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace

std::string_view name_of(Algorithm algorithm)
{
  switch (algorithm) {
    case Algorithm::es256: return "ES256";
    case Algorithm::eddsa: return "EdDSA";
    case Algorithm::rs256: return "RS256";
    case Algorithm::hs256: return "HS256";
  }
  return {};
}

Sha256 sha256(std::string_view bytes)
{
  Sha256 digest{};
  EVP_MD_CTX* const context = thread_digest();
  if (EVP_DigestInit_ex2(context, sha256_method(), nullptr) != 1 ||
      EVP_DigestUpdate(context, bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(context, digest.data(), nullptr) != 1) {
    // Only without memory. A digest that could be anybody's must not be used.
    throw std::bad_alloc{};
  }
  return digest;
}

Key::Key(Algorithm algorithm, std::string kid, Owned<EVP_PKEY> key, std::string identity)
    : algorithm_{algorithm},
      kid_{std::move(kid)},
      key_{std::move(key)},
      identity_{std::move(identity)},
      number_{next_number()}
{
}

Key::Key(std::string kid, Owned<EVP_MAC_CTX> keyed, std::string identity)
    : algorithm_{Algorithm::hs256},
      kid_{std::move(kid)},
      keyed_{std::move(keyed)},
      identity_{std::move(identity)},
      number_{next_number()}
{
}

bool Key::verify(std::string_view message, std::string_view signature) const
{
  const bool good = is_signed(message, signature);
  if (!good) {
    ERR_clear_error();  // somebody's TLS on this thread would trip over it
  }
  return good;
}

bool Key::is_signed(std::string_view message, std::string_view signature) const
{
  if (algorithm_ == Algorithm::hs256) {
    return verify_hmac(keyed_.get(), message, signature);
  }
  if (algorithm_ == Algorithm::eddsa) {
    return verify_eddsa(key_.get(), message, signature);
  }
  EVP_PKEY_CTX* const context = prepared_context(number_, key_.get());
  const Sha256 digest = sha256(message);
  if (algorithm_ == Algorithm::rs256) {
    return context != nullptr &&
           EVP_PKEY_verify(context, octets(signature), signature.size(), digest.data(), digest.size()) == 1;
  }
  const Der der = der_of(signature);
  return context != nullptr && der.size > 0 &&
         EVP_PKEY_verify(context, der.bytes.data(), der.size, digest.data(), digest.size()) == 1;
}

KeyPtr KeySet::find(std::string_view kid) const
{
  const auto named =
      std::ranges::find_if(keys_, [&](const KeyPtr& key) { return !kid.empty() && key->kid() == kid; });
  if (named != keys_.end()) {
    return *named;
  }
  const auto unnamed = std::ranges::find_if(keys_, [](const KeyPtr& key) { return key->kid().empty(); });
  return unnamed == keys_.end() ? nullptr : *unnamed;
}

}  // namespace usher::verify
