#include "passwords/formats.hpp"

#include "passwords/crypt.hpp"
#include "passwords/framework.hpp"

#include <algorithm>

namespace usher::passwords {
namespace {

constexpr Argon2Cost foreign_max{.memory_kib = 256ULL * 1024, .passes = 64};
constexpr std::uint64_t work_max_kib = 1024ULL * 1024;  ///< memory times passes

/// Django writes its own name before some hashes: "argon2$argon2id$v=19…", "bcrypt$$2b$12$…".
std::string_view without_django(std::string_view stored)
{
  if (stored.starts_with("argon2$argon2")) {
    return stored.substr(6);
  }
  return stored.starts_with("bcrypt$$2") ? stored.substr(7) : stored;
}

bool affordable(Argon2Cost cost, Argon2Cost ours)
{
  const bool cheap = cost.memory_kib <= foreign_max.memory_kib && cost.passes <= foreign_max.passes &&
                     cost.memory_kib * cost.passes <= work_max_kib;
  return cheap || (cost.memory_kib <= ours.memory_kib && cost.passes <= ours.passes);
}

}  // namespace

bool known_format(std::string_view stored)
{
  return format_of(stored, {}).has_value();
}

std::optional<Format> format_of(std::string_view stored, Argon2Cost ours)
{
  const bool whole =
      !stored.empty() && stored.size() <= stored_bytes_max && stored.find('\0') == std::string_view::npos;
  if (!whole) {
    return std::nullopt;
  }
  const std::string_view hash = without_django(stored);
  if (const auto cost = argon2_cost(hash)) {
    return affordable(*cost, ours) ? std::optional{Format::argon2} : std::nullopt;
  }
  if (is_crypt(hash)) {
    return Format::crypt;
  }
  return read_derived(hash) ? std::optional{Format::derived} : std::nullopt;
}

bool matches(Format format, std::string_view password, const std::string& stored)
{
  const std::string hash{without_django(stored)};
  switch (format) {
    case Format::argon2: return argon2_matches(password, hash);
    case Format::crypt: return crypt_matches(password, hash);
    case Format::derived: {
      const auto derived = read_derived(hash);
      return derived && derived_matches(password, *derived);
    }
  }
  return false;
}

}  // namespace usher::passwords
