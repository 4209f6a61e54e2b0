// The front door's own question, "is this token good?", with any bytes. The first byte chooses how much of it
// is already right: nothing, the header and signature (so that claims are reached), or the refresh side.

#include "crypto/base64url.hpp"
#include "crypto/hmac.hpp"
#include "crypto/random.hpp"
#include "tokens/jws.hpp"
#include "tokens/mint.hpp"
#include "tokens/offline.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace usher;

constexpr std::string_view secret = "a secret that only a fuzzer knows";

struct House {
  House() { crypto::start(); }

  static std::shared_ptr<const tokens::KeyRing> ring()
  {
    crypto::start();
    auto key = crypto::load_private_key(crypto::Algorithm::hs256, Secret{crypto::base64url(secret)});
    std::vector keys{
        tokens::make_signing_key(std::move(key), tokens::KeyState::active),
        tokens::make_signing_key(crypto::generate_key(crypto::Algorithm::es256), tokens::KeyState::next),
        tokens::make_signing_key(crypto::generate_key(crypto::Algorithm::eddsa), tokens::KeyState::retired)
    };
    return std::make_shared<const tokens::KeyRing>(std::move(keys), Secret{secret});
  }

  ManualClock clock{from_epoch(1'800'000'000)};
  Published<tokens::KeyRing> keys{ring()};
  tokens::Mint mint{keys, {}, clock};
};

std::string signed_by_us(std::string_view header, std::string_view payload)
{
  const std::string input = tokens::signing_input(header, payload);
  return input + '.' + crypto::base64url(crypto::HmacKey{Secret{secret}}.sign(input));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  static House house;
  if (size == 0) {
    return 0;
  }
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the same bytes
  const std::string_view input{reinterpret_cast<const char*>(data + 1), size - 1};
  std::string token{input};
  if (data[0] % 4 == 1) {
    const std::string kid = house.keys.current()->active().kid;
    token = signed_by_us(R"({"alg":"HS256","typ":"at+jwt","kid":")" + kid + R"("})", input);
  } else if (data[0] % 4 == 2) {
    token = signed_by_us(R"({"alg":"HS256","typ":"rt+jwt"})", input);
  } else if (data[0] % 4 == 3) {
    token = signed_by_us(input, R"({"sub":"7"})");
  }
  (void)house.mint.verify_access(token);
  (void)house.mint.verify_refresh(token);
  if (const auto decoded = tokens::inspect(token)) {
    (void)tokens::pretty(decoded->header);
    (void)tokens::pretty(decoded->payload);
  }
  const auto keys = tokens::verifying_keys(*house.keys.current());
  (void)tokens::verify_with(std::span{keys}, token, {.now = house.clock.now()});
  return 0;
}
