#pragma once

#include "base/published.hpp"
#include "base/result.hpp"
#include "tokens/claims.hpp"
#include "tokens/keyring.hpp"
#include "tokens/options.hpp"
#include "tokens/refusals.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace usher::tokens {

/// Signs and checks tokens with the current keys. One per thread (it holds a View and reusable contexts).
class Mint {
 public:
  using Steady = std::chrono::steady_clock::time_point (*)();

  Mint(
      const Published<KeyRing>& keys,
      Options options,
      const Clock& clock,
      Steady steady = std::chrono::steady_clock::now
  );
  Mint(const Mint&) = delete;
  Mint& operator=(const Mint&) = delete;
  ~Mint();

  std::string sign(const AccessClaims& claims);
  std::string sign(const RefreshClaims& claims);
  std::string sign(const RevocationClaims& claims);

  /// All of the token's own properties: form, algorithm of its key, signature, typ, type, iss, aud, times.
  /// A verified token is remembered by its SHA-256 until `exp` (bounded), so a signature is checked once;
  /// times are checked on every call. `first_time` is set when it was not yet remembered, or was for as long
  /// as a token can live, which happens only when the clock was set back: the caller then asks the database
  /// its live question once.
  struct Verified {
    const AccessClaims* claims;  ///< holds until the next call on this Mint
    bool first_time;
  };
  Result<Verified> verify_access(std::string_view token);

  /// Forgets a token that turned out not to be alive, or whose live question could not be asked, so that it
  /// is not remembered as good.
  void forget(std::string_view token);

  /// Never remembered.
  Result<RefreshClaims> verify_refresh(std::string_view token);

  const Options& options() const noexcept { return options_; }

 private:
  class Cache;
  struct Opened;

  /// A header ready to be put before the claims, dot included, and the key that it names.
  struct Prepared {
    std::string kid;
    std::string header;
  };

  const SigningKey& signing_key();
  static const std::string& header_for(const SigningKey& key, std::string_view typ, Prepared& prepared);
  const KeyRing& current_keys();
  static Result<Opened> open(const KeyRing& ring, std::string_view token);
  Result<Done> in_time(const Lifetime& lifetime, Instant now) const;

  Published<KeyRing>::View keys_;
  Options options_;
  const Clock& clock_;
  Steady steady_;
  std::unique_ptr<Cache> cache_;
  std::uint64_t seen_{0};  ///< version of the ring that the cache was last held against
  Prepared access_{};
  Prepared revocations_{};
};

}  // namespace usher::tokens
