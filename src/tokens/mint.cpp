#include "tokens/mint.hpp"

#include "crypto/base64url.hpp"
#include "crypto/digest.hpp"
#include "crypto/random.hpp"
#include "tokens/cache.hpp"
#include "tokens/jws.hpp"
#include "tokens/revocations.hpp"
#include "tokens/wire.hpp"

#include <algorithm>
#include <utility>

namespace usher::tokens {
namespace {

constexpr std::size_t jti_bytes = 16;

/// Refresh tokens name no key: there is one, and it is in no JWKS.
const std::string& refresh_header()
{
  static const std::string header =
      crypto::base64url(write_header({.alg = "HS256", .kid = {}, .typ = std::string{refresh_typ}})) + '.';
  return header;
}

/// Appended piece by piece, so that a long payload is not held three times over. A piece is a multiple of
/// three bytes: its text needs no padding, and all together are the text of the whole.
void append_base64url(std::string& out, std::string_view bytes)
{
  constexpr std::size_t piece_bytes = std::size_t{48} * 1024;
  out.reserve(out.size() + (bytes.size() / 3 * 4) + 128);  // with room for a signature
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, piece_bytes);
    out += crypto::base64url(piece);
    bytes.remove_prefix(piece.size());
  }
}

void append_signature(std::string& token, const std::string& signature)
{
  token += '.';
  token += crypto::base64url(signature);
}

/// The key decides the algorithm (RFC 8725 section 3.1), the header may only agree.
bool is_signed(
    const KeyRing& ring, const Header& header, std::string_view message, std::string_view signature
)
{
  if (header.typ == refresh_typ) {
    return header.alg == "HS256" && ring.refresh_key().verify(message, signature);
  }
  const SigningKey* key = ring.find(header.kid);
  return key != nullptr && header.alg == crypto::name_of(key->algorithm) &&
         key->public_key->verify(message, signature);
}

}  // namespace

/// A token whose signature is good.
struct Mint::Opened {
  Header header;
  std::string payload;
};

Mint::Mint(const Published<KeyRing>& keys, Options options, const Clock& clock, Steady steady)
    : keys_{keys},
      options_{std::move(options)},
      clock_{clock},
      steady_{steady},
      cache_{std::make_unique<Cache>()}
{
  options_.leeway = std::clamp(options_.leeway, std::chrono::seconds{0}, leeway_max);
}

Mint::~Mint() = default;

std::string Mint::sign(const AccessClaims& claims)
{
  const SigningKey& key = signing_key();
  const std::string jti = crypto::random_token(jti_bytes);
  std::string token =
      header_for(key, access_typ, access_) + crypto::base64url(write_access(claims, options_, jti));
  append_signature(token, key.key->sign(token));
  return token;
}

std::string Mint::sign(const RefreshClaims& claims)
{
  const KeyRing& ring = current_keys();
  const std::string jti = crypto::random_token(jti_bytes);
  std::string token = refresh_header() + crypto::base64url(write_refresh(claims, options_, jti));
  append_signature(token, ring.refresh_key().sign(token));
  return token;
}

std::string Mint::sign(const RevocationClaims& claims)
{
  const SigningKey& key = signing_key();
  std::string token = header_for(key, revocations_typ, revocations_);
  append_base64url(token, write_revocations(claims, options_.issuer));
  append_signature(token, key.key->sign(token));
  return token;
}

Result<Mint::Verified> Mint::verify_access(std::string_view token)
{
  const KeyRing& ring = current_keys();
  if (token.size() > token_bytes_max) {
    return refuse(token_malformed);
  }
  const Instant now = clock_.now();
  const crypto::Sha256 digest = crypto::sha256(token);
  if (Cache::Entry* known = cache_->find(digest)) {
    USHER_CHECK(in_time(known->lifetime, now));
    const bool stale = known->renew(steady_(), options_.access_ttl + options_.leeway);
    return Verified{.claims = &known->claims, .first_time = stale};
  }
  USHER_TRY(const Opened opened, open(ring, token));
  if (opened.header.typ != access_typ) {
    return refuse(token_wrong_type);
  }
  USHER_TRY(ReadAccess read, read_access(opened.payload, options_));
  USHER_CHECK(in_time(read.lifetime, now));
  Cache::Entry entry{
      .claims = std::move(read.claims),
      .lifetime = read.lifetime,
      .key = cache_->key_number(opened.header.kid),
      .asked = steady_()
  };
  return Verified{.claims = &cache_->remember(digest, std::move(entry), now).claims, .first_time = true};
}

void Mint::forget(std::string_view token)
{
  cache_->forget(crypto::sha256(token));
}

Result<RefreshClaims> Mint::verify_refresh(std::string_view token)
{
  USHER_TRY(const Opened opened, open(current_keys(), token));
  if (opened.header.typ != refresh_typ) {
    return refuse(token_wrong_type);
  }
  USHER_TRY(const ReadRefresh read, read_refresh(opened.payload, options_));
  // Nobody but us makes and takes it: one from a time to come says that our own clock was set back since, and
  // is as good as the session, whose state does not depend on it.
  USHER_CHECK(in_time({.expires = read.lifetime.expires}, clock_.now()));
  return read.claims;
}

const SigningKey& Mint::signing_key()
{
  const SigningKey& key = current_keys().active();
  USHER_ASSERT(key.key != nullptr);
  return key;
}

const std::string& Mint::header_for(const SigningKey& key, std::string_view typ, Prepared& prepared)
{
  if (prepared.kid != key.kid) {
    const Header header{
        .alg = std::string{crypto::name_of(key.algorithm)}, .kid = key.kid, .typ = std::string{typ}
    };
    prepared = {.kid = key.kid, .header = crypto::base64url(write_header(header)) + '.'};
  }
  return prepared.header;
}

const KeyRing& Mint::current_keys()
{
  const KeyRing& ring = keys_.get();
  if (keys_.version() != seen_) {
    seen_ = keys_.version();
    cache_->keep_only(ring);
  }
  return ring;
}

Result<Mint::Opened> Mint::open(const KeyRing& ring, std::string_view token)
{
  std::optional<Compact> parts = parse_compact(token);
  std::optional<Header> header = parts ? read_header(parts->header) : std::nullopt;
  if (!header) {
    return refuse(token_malformed);
  }
  if (!is_signed(ring, *header, token.substr(0, parts->signed_bytes), parts->signature)) {
    return refuse(token_signature_invalid);
  }
  return Opened{.header = std::move(*header), .payload = std::move(parts->payload)};
}

Result<Done> Mint::in_time(const Lifetime& lifetime, Instant now) const
{
  if (now >= lifetime.expires + options_.leeway) {
    return refuse(token_expired);
  }
  if (lifetime.not_before > now + options_.leeway) {
    return refuse(token_not_yet_valid);
  }
  return Done{};
}

}  // namespace usher::tokens
