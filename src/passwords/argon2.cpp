#include "passwords/argon2.hpp"

#include "base/fault.hpp"
#include "passwords/numbers.hpp"

#include <sodium.h>

#include <array>
#include <cerrno>

namespace usher::passwords {
namespace {

constexpr std::size_t kib = 1024;

struct Parts {
  bool id{false};
  Argon2Cost cost{};
  std::uint64_t lanes{0};
  std::string_view salt{};
  std::string_view hash{};
};

std::optional<std::uint64_t> named_number(std::string_view& text, std::string_view name, char mark)
{
  const std::string_view head = cut_off(text, mark);
  return head.starts_with(name) ? parse_number(head.substr(name.size())) : std::nullopt;
}

bool is_base64(std::string_view text, std::size_t length_min)
{
  return text.size() >= length_min && text.size() <= 128 &&
         only_of(text.substr(0, text.find_first_of("+/")), alphanumeric) &&
         text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") ==
             std::string_view::npos;
}

std::optional<Parts> parse(std::string_view stored)
{
  Parts parts{.id = stored.starts_with("$argon2id$")};
  if (!parts.id && !stored.starts_with("$argon2i$")) {
    return std::nullopt;
  }
  stored.remove_prefix(parts.id ? 10 : 9);
  const auto version = named_number(stored, "v=", '$');
  const auto memory_kib = named_number(stored, "m=", ',');
  const auto passes = named_number(stored, "t=", ',');
  const auto lanes = named_number(stored, "p=", '$');
  parts.salt = cut_off(stored, '$');
  parts.hash = stored;
  // RFC 9106 section 3.1: version 0x13, 8 KiB of memory for each lane.
  if (version != 0x13 || !memory_kib || !passes || !lanes || *lanes > 255 || *memory_kib < 8 * *lanes) {
    return std::nullopt;
  }
  parts.cost = {.memory_kib = *memory_kib, .passes = *passes};
  parts.lanes = *lanes;
  // 8 bytes of salt, 16 of hash.
  return is_base64(parts.salt, 11) && is_base64(parts.hash, 22) ? std::optional{parts} : std::nullopt;
}

}  // namespace

std::string argon2id(std::string_view password, Argon2Cost cost)
{
  std::array<char, crypto_pwhash_STRBYTES> text{};
  if (crypto_pwhash_str_alg(
          text.data(),
          password.data(),
          password.size(),
          cost.passes,
          cost.memory_kib * kib,
          crypto_pwhash_ALG_ARGON2ID13
      ) != 0) {
    throw PassingFault{"no memory to hash a password"};
  }
  return text.data();
}

std::optional<Argon2Cost> argon2_cost(std::string_view stored)
{
  const auto parts = parse(stored);
  return parts ? std::optional{parts->cost} : std::nullopt;
}

bool is_argon2id_of(std::string_view stored, Argon2Cost cost)
{
  const auto parts = parse(stored);
  return parts && parts->id && parts->lanes == 1 && parts->cost == cost && parts->salt.size() == 22 &&
         parts->hash.size() == 43;
}

bool argon2_matches(std::string_view password, const std::string& stored)
{
  errno = 0;
  if (crypto_pwhash_str_verify(stored.c_str(), password.data(), password.size()) == 0) {
    return true;
  }
  // A wrong password is EINVAL; a right one must not be called wrong because memory was short.
  if (errno == ENOMEM) {
    throw PassingFault{"no memory to verify a password"};
  }
  return false;
}

}  // namespace usher::passwords
