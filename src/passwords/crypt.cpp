#include "passwords/crypt.hpp"

#include "base/fault.hpp"
#include "base/result.hpp"
#include "crypto/digest.hpp"
#include "passwords/numbers.hpp"

#include <crypt.h>
#include <sodium.h>

#include <cerrno>
#include <cstdint>
#include <memory>

namespace usher::passwords {
namespace {

/// crypt(3)'s own base 64, in the order of its values.
constexpr std::string_view itoa64 = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::uint64_t memory_max = std::uint64_t{256} << 20U;
constexpr std::uint64_t rounds_max = 1'000'000;

/// Too big for the stack of a thread, and full of the password at the end.
struct WipeCrypt {
  void operator()(crypt_data* data) const noexcept
  {
    sodium_memzero(data, sizeof *data);
    const std::unique_ptr<crypt_data> freed{data};
  }
};

/// Little-endian, six bits a character; `text` is of the alphabet.
std::uint64_t number_of(std::string_view text)
{
  std::uint64_t number = 0;
  for (std::size_t i = text.size(); i-- > 0;) {
    number = number << 6U | itoa64.find(text[i]);
  }
  return number;
}

/// The hash of a scrypt family: `salt` and 43 characters of hash, of the alphabet.
bool is_salt_and_hash(std::string_view rest)
{
  const std::string_view salt = cut_off(rest, '$');
  return !salt.empty() && salt.size() <= 86 && rest.size() == 43 && only_of(salt, itoa64) &&
         only_of(rest, itoa64);
}

bool fits_memory(std::uint64_t n_log2, std::uint64_t r)
{
  return n_log2 >= 1 && n_log2 <= 24 && r >= 1 && r <= 256 && ((128 * r) << n_log2) <= memory_max;
}

bool is_bcrypt(std::string_view stored)
{
  if (stored.size() != 60 || !stored.starts_with("$2") || stored[3] != '$' || stored[6] != '$') {
    return false;
  }
  const std::string_view cost = stored.substr(4, 2);
  const bool variant = stored[2] == 'a' || stored[2] == 'b' || stored[2] == 'y';
  return variant && only_of(cost, "0123456789") && cost >= "04" && cost <= "15" &&
         only_of(stored.substr(7), itoa64);
}

bool is_yescrypt(std::string_view stored)
{
  // "$y$j9T$": flavor j, log2(N) - 1, r - 1, as crypt_gensalt(3) writes them.
  if (stored.size() < 8 || !stored.starts_with("$y$j") || stored[6] != '$' ||
      !only_of(stored.substr(4, 2), itoa64)) {
    return false;
  }
  return fits_memory(number_of(stored.substr(4, 1)) + 1, number_of(stored.substr(5, 1)) + 1) &&
         is_salt_and_hash(stored.substr(7));
}

bool is_scrypt(std::string_view stored)
{
  // "$7$": log2(N), five characters of r, five of p.
  if (stored.size() < 15 || !stored.starts_with("$7$") || !only_of(stored.substr(3, 11), itoa64)) {
    return false;
  }
  const std::uint64_t p = number_of(stored.substr(9, 5));
  return fits_memory(number_of(stored.substr(3, 1)), number_of(stored.substr(4, 5))) && p >= 1 && p <= 4 &&
         is_salt_and_hash(stored.substr(14));
}

bool is_sha_crypt(std::string_view stored)
{
  const bool sha512 = stored.starts_with("$6$");
  if (!sha512 && !stored.starts_with("$5$")) {
    return false;
  }
  stored.remove_prefix(3);
  if (stored.starts_with("rounds=")) {
    stored.remove_prefix(7);
    const auto rounds = parse_number(cut_off(stored, '$'));
    if (!rounds || *rounds < 1000 || *rounds > rounds_max) {
      return false;
    }
  }
  const std::string_view salt = cut_off(stored, '$');
  return salt.size() <= 16 && only_of(salt, itoa64) && stored.size() == (sha512 ? 86 : 43) &&
         only_of(stored, itoa64);
}

}  // namespace

bool is_crypt(std::string_view stored)
{
  return is_bcrypt(stored) || is_yescrypt(stored) || is_scrypt(stored) || is_sha_crypt(stored);
}

bool crypt_takes(std::string_view password)
{
  return password.size() < CRYPT_MAX_PASSPHRASE_SIZE && password.find('\0') == std::string_view::npos;
}

bool crypt_matches(std::string_view password, const std::string& stored)
{
  USHER_ASSERT(crypt_takes(password));
  const std::unique_ptr<crypt_data, WipeCrypt> data{std::make_unique<crypt_data>().release()};
  password.copy(data->input, password.size());  // all of it was zero, so it ends with one
  errno = 0;
  const char* const computed = crypt_r(data->input, stored.c_str(), data.get());
  if (computed != nullptr && *computed != '*') {
    return crypto::equal(computed, stored);
  }
  if (errno == ENOMEM) {
    throw PassingFault{"no memory to verify a password"};
  }
  return false;
}

}  // namespace usher::passwords
