#include "passwords/hasher.hpp"

#include "crypto/random.hpp"
#include "passwords/crypt.hpp"
#include "passwords/formats.hpp"
#include "text/unicode.hpp"

namespace usher::passwords {
namespace {

/// The same characters typed on another keyboard are the same password.
Secret composed(std::string_view password)
{
  return text::is_utf8(password) ? Secret{text::nfc(password)} : Secret{password};
}

std::string hash_of_nobody(Argon2Cost ours)
{
  crypto::start();
  const Secret unknown{crypto::random_bytes(32)};
  return argon2id(unknown.reveal(), ours);
}

}  // namespace

Hasher::Hasher(Argon2Cost ours) : ours_{ours}, nobodys_{hash_of_nobody(ours)} {}

Verdict Hasher::verify(const Secret& password, const std::string& stored) const
{
  const std::string_view given = password.reveal();
  if (given.size() > password_bytes_max) {
    return {};
  }
  const auto format = format_of(stored, ours_);
  if (!format || (*format == Format::crypt && !crypt_takes(given))) {
    (void)verify_argon2(given, nobodys_);
    return {};
  }
  if (*format == Format::argon2) {
    return verify_argon2(given, stored);
  }
  count();
  const bool right = matches(*format, given, stored);
  return {.matches = right, .outdated = right};
}

std::string Hasher::hash(const Secret& password) const
{
  count();
  const Secret text = composed(password.reveal());
  return argon2id(text.reveal(), ours_);
}

Verdict Hasher::verify_argon2(std::string_view password, const std::string& stored) const
{
  const Secret text = composed(password);
  count();
  if (matches(Format::argon2, text.reveal(), stored)) {
    return {.matches = true, .outdated = !is_argon2id_of(stored, ours_)};
  }
  if (text.reveal() == password) {
    return {};
  }
  // Another system may have hashed it as it was typed.
  count();
  const bool right = matches(Format::argon2, password, stored);
  return {.matches = right, .outdated = right};
}

}  // namespace usher::passwords
