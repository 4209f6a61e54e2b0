// Key files of strangers: JWK, JWK set or PEM. Whatever is read as a key must survive being used.

#include "tokens/jwk/jwk.hpp"

#include "crypto/random.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  static const bool started = (usher::crypto::start(), true);
  (void)started;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the same bytes
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (const auto keys = usher::tokens::parse_keys(text)) {
    for (const usher::tokens::VerifyingKey& key : *keys) {
      (void)key.key->verify("message", std::string(64, 's'));
      (void)key.key->parameters();
      (void)key.key->pem();
    }
  }
  return 0;
}
