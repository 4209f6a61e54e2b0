#include "feed.hpp"
#include "follower.hpp"
#include "jws.hpp"
#include "key_store.hpp"
#include "refusals.hpp"
#include "token_cache.hpp"
#include "usher_verify.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <limits>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <variant>

namespace usher::verify {
namespace {

using std::chrono::steady_clock;

/// Usher forgets a revocation so long after its last token has expired.
constexpr seconds leeway_max{60};
/// Strangers can name keys that do not exist: whoever asks for one must not hold the service's threads.
constexpr milliseconds key_wait{500};

[[noreturn]] void reject(const char* why)
{
  throw std::invalid_argument{std::string{"usher::verify: "} + why};
}

Settings checked(Settings settings)
{
  while (!settings.url.empty() && settings.url.back() == '/') {
    settings.url.pop_back();
  }
  const std::string_view url = settings.url;
  if (!url.empty() && !url.starts_with("https://") && !url.starts_with("http://")) {
    reject("url must begin with https:// or http://");
  }
  if (url.empty() && settings.keys.empty()) {
    reject("either url or keys must be set");
  }
  if (url.empty() && settings.max_stale) {
    reject("without url there is no feed, so max_stale must be nothing");
  }
  if (settings.issuer.empty()) {
    reject("issuer must not be empty");
  }
  if (settings.leeway < seconds{0} || settings.leeway > leeway_max) {
    reject("leeway must be between 0 and 60 seconds");
  }
  const bool sensible = settings.poll_every >= milliseconds{1} &&
                        settings.stream_silence >= milliseconds{1} &&
                        settings.http_timeout >= milliseconds{1} && settings.start_wait >= milliseconds{0} &&
                        settings.max_stale.value_or(milliseconds{0}) >= milliseconds{0};
  if (!sensible) {
    reject("a duration is negative or nothing");
  }
  return settings;
}

std::unique_ptr<KeyStore> make_keys(const Settings& settings)
{
  if (settings.keys.empty()) {
    return std::make_unique<KeyStore>();
  }
  auto fixed = parse_keys(settings.keys);
  if (!fixed) {
    reject(
        "keys is neither a key set, nor a public key in PEM, nor a secret of at least 32 bytes in base64url"
    );
  }
  return std::make_unique<KeyStore>(std::move(*fixed));
}

/// RFC 9110 section 11.2: token68 = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
bool is_token68(std::string_view text)
{
  const std::size_t end = text.find_last_not_of('=');
  return end != std::string_view::npos && std::ranges::all_of(text.substr(0, end + 1), [](char c) {
           const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
           return letter || c == '-' || c == '.' || c == '_' || c == '~' || c == '+' || c == '/';
         });
}

bool is_bearer(std::string_view scheme)
{
  constexpr std::string_view bearer = "bearer ";
  return std::ranges::equal(scheme, bearer, [](char given, char wanted) {
    return (given >= 'A' && given <= 'Z' ? static_cast<char>(given - 'A' + 'a') : given) == wanted;
  });
}

/// A header that was good before, by this thread: every token of one key has the same, letter for letter.
struct KnownHeader {
  std::string text;
  std::string kid;
  std::string alg;
};

}  // namespace

class Verifier::Engine {
 public:
  explicit Engine(Settings settings)
      : settings_{checked(std::move(settings))},
        keys_{make_keys(settings_)},
        feed_{*keys_, settings_.issuer, settings_.leeway},
        cache_{settings_.cache_size}
  {
    if (!settings_.url.empty()) {
      follower_ = std::make_unique<Follower>(settings_, *keys_, feed_);
    }
  }

  Verdict verify(std::string_view token, const Demand& demand);
  Status status() const { return feed_.status(now()); }
  void close() noexcept
  {
    closed_ = true;
    if (follower_) {
      follower_->stop();
    }
  }

 private:
  using Opened = std::variant<Verified, Reason>;
  using KeyOr = std::variant<KeyPtr, Reason>;

  Moment now() const
  {
    return {
        .wall = settings_.clock ? settings_.clock() : std::chrono::system_clock::now(),
        .steady = steady_clock::now()
    };
  }

  std::optional<Verified> recall(const Sha256& digest);
  Opened open(std::string_view token);
  KeyOr key_of(std::string_view kid);
  steady_clock::time_point start_deadline(steady_clock::time_point now);
  std::shared_ptr<const Refusal> objection(const Verified& verified, const Demand& demand, Moment now);
  struct Times {
    Instant wall;
    Instant latest;  ///< of that and the service's own, as far as it is known
  };
  std::shared_ptr<const Refusal> time_objection(const Claims& claims, const Demand& demand, Times now) const;
  Feed::Standing when_begun(Feed::Standing standing, const Verified& verified, Moment now);

  const Settings settings_;
  const std::unique_ptr<KeyStore> keys_;
  Feed feed_;
  TokenCache cache_;
  std::once_flag started_;
  steady_clock::time_point start_deadline_{};
  std::atomic<bool> closed_{false};
  std::unique_ptr<Follower> follower_;
};

Verdict Verifier::Engine::verify(std::string_view token, const Demand& demand)
{
  if (token.empty()) {
    return Verdict{refusal(Reason::token_missing)};
  }
  if (token.size() > token_bytes_max) {
    return Verdict{refusal(Reason::token_malformed)};
  }
  const Sha256 digest = cache_.remembers() ? sha256(token) : Sha256{};
  std::optional<Verified> verified = cache_.remembers() ? recall(digest) : std::nullopt;
  const bool was_known = verified.has_value();
  if (!was_known) {
    Opened opened = open(token);
    if (const Reason* why = std::get_if<Reason>(&opened)) {
      return Verdict{refusal(*why)};
    }
    verified = std::get<Verified>(std::move(opened));
  }
  const Moment now = this->now();
  const bool is_over = verified->claims->expires + settings_.leeway <= now.wall;
  if (was_known && is_over) {
    cache_.forget(digest);
  }
  if (!was_known && !is_over) {
    cache_.remember(digest, *verified);
  }
  const auto no = objection(*verified, demand, now);
  return no ? Verdict{no} : Verdict{std::move(verified->claims)};
}

std::optional<Verified> Verifier::Engine::recall(const Sha256& digest)
{
  std::optional<Verified> known = cache_.find(digest);
  if (known && known->keys_version != keys_->version()) {
    cache_.forget(digest);  // its key may be gone
    known.reset();
  }
  return known;
}

Verifier::Engine::Opened Verifier::Engine::open(std::string_view token)
{
  static thread_local KnownHeader known;
  static thread_local std::string payload;
  static thread_local std::string signature;
  const std::uint64_t version = keys_->version();
  const auto parts = split(token);
  if (!parts || !decode_base64url(parts->payload, payload) ||
      !decode_base64url(parts->signature, signature)) {
    return Reason::token_malformed;
  }
  if (known.text.empty() || known.text != parts->header) {
    std::string bytes;
    auto header = decode_base64url(parts->header, bytes) ? read_header(bytes) : std::nullopt;
    if (!header) {
      return Reason::token_malformed;
    }
    if (header->typ != access_typ) {
      return Reason::token_wrong_type;
    }
    known = {
        .text = std::string{parts->header}, .kid = std::move(header->kid), .alg = std::move(header->alg)
    };
  }
  const KeyOr found = key_of(known.kid);
  if (const Reason* why = std::get_if<Reason>(&found)) {
    return *why;
  }
  const Key& key = *std::get<KeyPtr>(found);
  // RFC 8725 section 3.1: the key decides the algorithm, the header may only agree.
  if (known.alg != name_of(key.algorithm()) || !key.verify(parts->signed_text, signature)) {
    return Reason::token_signature_invalid;
  }
  auto claims = std::make_shared<Claims>();
  switch (read_claims(payload, settings_, *claims)) {
    case Reading::malformed: return Reason::token_malformed;
    case Reading::wrong_type: return Reason::token_wrong_type;
    case Reading::invalid: return Reason::token_claims_invalid;
    case Reading::good: break;
  }
  const SessionId session = session_of(claims->session);
  return Verified{.claims = std::move(claims), .session = session, .keys_version = version};
}

Verifier::Engine::KeyOr Verifier::Engine::key_of(std::string_view kid)
{
  using State = KeyStore::State;
  const auto now = steady_clock::now();
  const bool starting = keys_->is_empty();  // asked first: what is found after that is as new or newer
  KeyStore::Found found = keys_->find(kid, now);
  // Before the first set arrives all wait, and one that could not be fetched may yet be. Later only the one
  // that makes a fetch due waits for it.
  const bool may_wait =
      starting ? found.state != State::found && found.state != State::unknown : found.begins;
  if (may_wait && follower_ && !closed_) {
    const milliseconds longest = std::min(key_wait, settings_.http_timeout);
    const auto deadline = starting ? start_deadline(now) : now + longest;
    follower_->wait(deadline, [&] {
      found = keys_->find(kid, steady_clock::now());
      return found.state == State::found || found.state == State::unknown ||
             (found.state == State::unavailable && !starting);
    });
  }
  if (found.state == State::found) {
    return found.key;
  }
  return found.state == State::unknown ? Reason::token_signature_invalid : Reason::keys_unavailable;
}

/// Until when verifications may wait for a verifier that has just begun to work.
steady_clock::time_point Verifier::Engine::start_deadline(steady_clock::time_point now)
{
  std::call_once(started_, [&] { start_deadline_ = now + settings_.start_wait; });
  return start_deadline_;
}

std::shared_ptr<const Refusal> Verifier::Engine::objection(
    const Verified& verified, const Demand& demand, Moment now
)
{
  const Claims& claims = *verified.claims;
  Feed::Standing standing = feed_.standing(verified.session, claims, now);
  const Times times{
      .wall = std::chrono::floor<seconds>(now.wall),
      .latest = std::chrono::floor<seconds>(std::max(now.wall, standing.service_time))
  };
  if (auto no = time_objection(claims, demand, times)) {
    return no;
  }
  standing = when_begun(standing, verified, now);
  // One that outlives `keep` would also outlive what the feed says of it.
  const bool outlives = standing.keep && claims.expires - claims.issued > *standing.keep;
  if (outlives || standing.is_revoked) {
    return refusal(Reason::token_revoked);
  }
  if (closed_ || (settings_.max_stale && (!standing.age || *standing.age > *settings_.max_stale))) {
    return refusal(Reason::revocations_stale);
  }
  if (!demand.role.empty() && demand.role != claims.role) {
    return refusal(Reason::admin_only);
  }
  return nullptr;
}

std::shared_ptr<const Refusal> Verifier::Engine::time_objection(
    const Claims& claims, const Demand& demand, Times now
) const
{
  if (now.latest >= claims.expires + settings_.leeway) {
    return refusal(Reason::token_expired);
  }
  if (claims.not_before > now.wall + settings_.leeway) {
    return refusal(Reason::token_not_yet_valid);
  }
  if (demand.fresh && now.latest >= claims.fresh_until) {
    return refusal(Reason::token_not_fresh);
  }
  if (demand.max_age && now.latest - claims.auth_time > *demand.max_age) {
    return too_old(*demand.max_age);
  }
  return nullptr;
}

Feed::Standing Verifier::Engine::when_begun(Feed::Standing standing, const Verified& verified, Moment now)
{
  if (!standing.age && follower_ && now.steady < start_deadline(now.steady)) {
    follower_->wait(start_deadline(now.steady), [&] { return feed_.age(this->now()).has_value(); });
    standing = feed_.standing(verified.session, *verified.claims, this->now());
  }
  return standing;
}

Verifier::Verifier(Settings settings) : engine_{std::make_unique<Engine>(std::move(settings))} {}

Verifier::~Verifier() = default;

Verdict Verifier::verify(std::string_view token, const Demand& demand)
{
  return engine_->verify(token, demand);
}

Verdict Verifier::verify_header(std::string_view authorization, const Demand& demand)
{
  constexpr std::size_t scheme_size = std::string_view{"Bearer "}.size();
  if (authorization.empty()) {
    return Verdict{refusal(Reason::token_missing)};
  }
  const std::string_view token = authorization.substr(std::min(scheme_size, authorization.size()));
  if (!is_bearer(authorization.substr(0, scheme_size)) || token.size() > token_bytes_max ||
      !is_token68(token)) {
    return Verdict{refusal(Reason::authorization_malformed)};
  }
  return engine_->verify(token, demand);
}

Status Verifier::status() const
{
  return engine_->status();
}

void Verifier::close() noexcept
{
  engine_->close();
}

}  // namespace usher::verify
