#include "crypto/base64url.hpp"

#include "crypto/openssl.hpp"

#include <sodium.h>

namespace usher::crypto {

namespace {

std::optional<std::string> decoded(std::string_view text, int variant)
{
  std::string bytes((text.size() / 4 * 3) + 2, '\0');
  std::size_t length = 0;
  // Without an end pointer libsodium takes the whole text or nothing, and wants zero trailing bits.
  const int failed = sodium_base642bin(
      octets(bytes), bytes.size(), text.data(), text.size(), nullptr, &length, nullptr, variant
  );
  if (failed != 0) {
    return std::nullopt;
  }
  bytes.resize(length);
  return bytes;
}

}  // namespace

std::string base64url(std::string_view bytes)
{
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
  sodium_bin2base64(
      text.data(), text.size(), octets(bytes), bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING
  );
  text.pop_back();  // libsodium ends it with a zero
  return text;
}

std::optional<std::string> from_base64url(std::string_view text)
{
  return decoded(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

std::optional<std::string> from_base64(std::string_view text)
{
  return decoded(text, sodium_base64_VARIANT_ORIGINAL);
}

}  // namespace usher::crypto
