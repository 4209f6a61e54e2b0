#include "passwords/framework.hpp"

#include "crypto/base64url.hpp"
#include "crypto/digest.hpp"
#include "passwords/numbers.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace usher::passwords {
namespace {

constexpr std::uint64_t iterations_max = 5'000'000;
constexpr std::uint64_t memory_max = std::uint64_t{256} << 20U;
constexpr std::size_t hash_bytes_min = 16;
constexpr std::size_t hash_bytes_max = 64;

bool good_size(const std::string& hash)
{
  return hash.size() >= hash_bytes_min && hash.size() <= hash_bytes_max;
}

std::optional<std::string> from_hex(std::string_view text)
{
  if (text.size() % 2 != 0 || !only_of(text, "0123456789abcdef")) {
    return std::nullopt;
  }
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    unsigned byte = 0;
    std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
    bytes.push_back(static_cast<char>(byte));
  }
  return good_size(bytes) ? std::optional{std::move(bytes)} : std::nullopt;
}

/// RFC 4648 section 4, with padding.
std::optional<std::string> from_base64(std::string_view text)
{
  if (text.size() % 4 != 0 || text.find_first_of("-_") != std::string_view::npos) {
    return std::nullopt;
  }
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) {
    text.remove_suffix(1);
  }
  std::string url{text};
  std::ranges::replace(url, '+', '-');
  std::ranges::replace(url, '/', '_');
  auto bytes = crypto::from_base64url(url);
  return bytes && good_size(*bytes) ? bytes : std::nullopt;
}

std::optional<Derived> make_pbkdf2(crypto::Pbkdf2 how, std::optional<std::string> hash)
{
  if (how.iterations == 0 || how.iterations > iterations_max || how.salt.empty() || !hash) {
    return std::nullopt;
  }
  how.bytes = hash->size();
  return Derived{.how = how, .hash = *std::move(hash)};
}

std::optional<Derived> read_django_pbkdf2(std::string_view stored)
{
  if (cut_off(stored, '$') != "pbkdf2_sha256") {
    return std::nullopt;
  }
  const auto iterations = parse_number(cut_off(stored, '$'));
  const std::string_view salt = cut_off(stored, '$');
  return make_pbkdf2({.iterations = iterations.value_or(0), .salt = salt}, from_base64(stored));
}

std::optional<Derived> read_werkzeug_pbkdf2(std::string_view stored)
{
  std::string_view method = cut_off(stored, '$');
  if (cut_off(method, ':') != "pbkdf2") {
    return std::nullopt;
  }
  const std::string_view digest = cut_off(method, ':');
  if (digest != "sha256" && digest != "sha512") {
    return std::nullopt;
  }
  const std::string_view salt = cut_off(stored, '$');
  return make_pbkdf2(
      {.digest = digest == "sha256" ? crypto::KdfDigest::sha256 : crypto::KdfDigest::sha512,
       .iterations = parse_number(method).value_or(0),
       .salt = salt},
      from_hex(stored)
  );
}

std::optional<Derived> read_werkzeug_scrypt(std::string_view stored)
{
  std::string_view method = cut_off(stored, '$');
  if (cut_off(method, ':') != "scrypt") {
    return std::nullopt;
  }
  const std::uint64_t n = parse_number(cut_off(method, ':')).value_or(0);
  const std::uint64_t r = parse_number(cut_off(method, ':')).value_or(0);
  const std::uint64_t p = parse_number(method).value_or(0);
  const std::string_view salt = cut_off(stored, '$');
  auto hash = from_hex(stored);
  const bool affordable = n > 1 && std::has_single_bit(n) && r >= 1 && r <= 256 && p >= 1 && p <= 4 &&
                          n <= memory_max / (128 * r);
  if (!affordable || salt.empty() || !hash) {
    return std::nullopt;
  }
  const std::size_t bytes = hash->size();
  return Derived{
      .how =
          crypto::Scrypt{
              .n = n,
              .r = static_cast<std::uint32_t>(r),
              .p = static_cast<std::uint32_t>(p),
              .salt = salt,
              .bytes = bytes
          },
      .hash = *std::move(hash)
  };
}

}  // namespace

std::optional<Derived> read_derived(std::string_view stored)
{
  if (stored.starts_with("pbkdf2_sha256$")) {
    return read_django_pbkdf2(stored);
  }
  return stored.starts_with("pbkdf2:") ? read_werkzeug_pbkdf2(stored) : read_werkzeug_scrypt(stored);
}

bool derived_matches(std::string_view password, const Derived& wanted)
{
  const auto* const pbkdf2 = std::get_if<crypto::Pbkdf2>(&wanted.how);
  const std::string derived = pbkdf2 != nullptr
                                  ? crypto::pbkdf2(password, *pbkdf2)
                                  : crypto::scrypt(password, std::get<crypto::Scrypt>(wanted.how));
  return crypto::equal(derived, wanted.hash);
}

}  // namespace usher::passwords
