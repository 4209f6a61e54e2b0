#pragma once

#include "crypto/base64url.hpp"
#include "crypto/hmac.hpp"
#include "crypto/random.hpp"
#include "tokens/jws.hpp"
#include "tokens/keyring.hpp"
#include "tokens/mint.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace usher::tokens {

inline constexpr Instant start_time{std::chrono::seconds{1'800'000'000}};

/// An RSA key takes a second to make: one of each kind for all tests.
inline std::shared_ptr<const crypto::PrivateKey> shared_key(crypto::Algorithm algorithm)
{
  static std::map<crypto::Algorithm, std::shared_ptr<const crypto::PrivateKey>> made;
  auto& key = made[algorithm];
  if (!key) {
    crypto::start();
    key = crypto::generate_key(algorithm);
  }
  return key;
}

/// Members of a JSON object as raw JSON, in order, so that a test can write any of them wrongly.
using RawMembers = std::vector<std::pair<std::string, std::string>>;

inline std::string object_of(const RawMembers& members)
{
  std::string text{"{"};
  for (const auto& [name, value] : members) {
    text += (text.size() > 1 ? "," : "") + ('"' + name + "\":" + value);
  }
  return text + '}';
}

inline RawMembers with(RawMembers members, std::string_view name, std::string_view value)
{
  const auto found = std::ranges::find(members, name, &RawMembers::value_type::first);
  if (found == members.end()) {
    members.emplace_back(name, value);
  } else {
    found->second = value;
  }
  return members;
}

inline RawMembers without(RawMembers members, std::string_view name)
{
  std::erase_if(members, [&](const auto& member) { return member.first == name; });
  return members;
}

/// A mint, its keys, and the means to sign anything at all with them.
class Workbench {
 public:
  explicit Workbench(crypto::Algorithm algorithm = crypto::Algorithm::es256, const Options& options = {})
      : key{make_signing_key(shared_key(algorithm), KeyState::active)},
        published{ring({key})},
        mint{published, options, clock}
  {
  }

  static std::shared_ptr<const KeyRing> ring(std::vector<SigningKey> keys)
  {
    return std::make_shared<const KeyRing>(std::move(keys), Secret{std::string{refresh_secret}});
  }

  std::string signed_with(const crypto::PrivateKey& signer, std::string_view header, std::string_view payload)
      const
  {
    const std::string input = signing_input(header, payload);
    return input + '.' + crypto::base64url(signer.sign(input));
  }

  /// With the mint's own key.
  std::string forged(std::string_view header, std::string_view payload) const
  {
    return signed_with(*key.key, header, payload);
  }
  std::string forged(const RawMembers& payload) const
  {
    return forged(object_of(header()), object_of(payload));
  }

  std::string forged_refresh(const RawMembers& payload) const
  {
    const std::string input = signing_input(R"({"alg":"HS256","typ":"rt+jwt"})", object_of(payload));
    const crypto::HmacKey hmac{Secret{std::string{refresh_secret}}};
    return input + '.' + crypto::base64url(hmac.sign(input));
  }

  RawMembers header() const
  {
    return {
        {"alg", quoted(crypto::name_of(key.algorithm))}, {"typ", quoted(access_typ)}, {"kid", quoted(key.kid)}
    };
  }

  static std::string quoted(std::string_view text) { return '"' + std::string{text} + '"'; }

  static RawMembers access_payload()
  {
    return {
        {"iss", R"("usher")"},
        {"sub", R"("7")"},
        {"iat", "1800000000"},
        {"nbf", "1800000000"},
        {"exp", "1800000900"},
        {"jti", R"("an-id")"},
        {"type", R"("access")"},
        {"fresh", "true"},
        {"sid", R"("0190163d-8694-739b-aea5-966c26f8ad91")"},
        {"gen", "3"},
        {"user_id", "7"},
        {"role", R"("USER")"},
        {"auth_time", "1800000000"},
        {"amr", R"(["pwd"])"},
    };
  }

  static RawMembers refresh_payload()
  {
    RawMembers members = with(access_payload(), "type", R"("refresh")");
    return with(std::move(members), "n", "4");
  }

  static AccessClaims access_claims()
  {
    return {
        .subject = 7,
        .session = parse_uuid("0190163d-8694-739b-aea5-966c26f8ad91").value(),
        .generation = 3,
        .admin = true,
        .fresh_until = Instant::max(),
        .auth_time = start_time - std::chrono::seconds{60},
        .amr = "pwd otp",
        .issued = start_time,
        .expires = start_time + std::chrono::seconds{900}
    };
  }

  static RefreshClaims refresh_claims()
  {
    return {
        .subject = 7,
        .session = parse_uuid("0190163d-8694-739b-aea5-966c26f8ad91").value(),
        .generation = 3,
        .counter = 4,
        .issued = start_time,
        .expires = start_time + std::chrono::seconds{86400}
    };
  }

  /// "" when it is taken, else the code of the refusal.
  std::string verdict(std::string_view token)
  {
    const auto verified = mint.verify_access(token);
    return verified ? "" : std::string{verified.error().code()};
  }
  std::string refresh_verdict(std::string_view token)
  {
    const auto verified = mint.verify_refresh(token);
    return verified ? "" : std::string{verified.error().code()};
  }

  static constexpr std::string_view refresh_secret = "the refresh key of these tests!!";

  SigningKey key;
  ManualClock clock{start_time};
  Published<KeyRing> published;
  Mint mint;
};

}  // namespace usher::tokens
