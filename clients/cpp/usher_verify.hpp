#pragma once

// Checks Usher's access tokens inside your own service: no call to Usher per request, and yet a logout, a
// disabled account, a new role or password is seen within a second. Needs C++20, OpenSSL 3, libcurl and
// nlohmann-json.
//
//   usher::verify::Verifier tokens{{.url = "https://usher.example"}};
//   if (auto verdict = tokens.verify(token)) {
//     serve(verdict->user_id);
//   } else {
//     answer(verdict.refusal().status, verdict.refusal().headers, verdict.refusal().problem());
//   }

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace usher::verify {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Instant = std::chrono::sys_seconds;

struct Settings {
  /// Where Usher is: "https://usher.example". Empty: no key set and no feed; then `keys` must be given and
  /// `max_stale` be nothing.
  std::string url{};
  std::string issuer{"usher"};  ///< `iss` of every token and statement
  /// `aud` of every token. Empty: the service signs none, and a token that has one is for somebody else.
  std::string audience{};
  seconds leeway{30};  ///< how far the two clocks may be apart; 60 s at most
  /// For how long after the feed was last heard tokens are still taken; after that every answer is 503.
  /// Nothing: tokens are taken until they expire, whether or not the feed can be reached.
  std::optional<milliseconds> max_stale{60'000};
  bool stream{true};              ///< false: ask every `poll_every` and never listen to the stream
  milliseconds poll_every{1000};  ///< how often to ask while the stream is down
  /// A stream without a good statement for so long is cut and opened anew.
  milliseconds stream_silence{15'000};
  std::size_t cache_size{10'000};  ///< tokens remembered as verified
  /// Instead of fetching the key set: a JWKS, a public key in PEM, or the secret of HS256 in base64url, as
  /// `usher key export --private` writes it.
  std::string keys{};
  std::string client_id{};  ///< of `usher client add`, where the feed is not open to everybody
  std::string client_secret{};
  milliseconds start_wait{2000};    ///< how long the first verifications wait for keys and feed
  milliseconds http_timeout{5000};  ///< for one request, and for connecting the stream
  std::string ca_file{};            ///< certificates to trust (PEM) instead of the system's
  /// The wall clock, for tests of your own; the system's when empty. Called by many threads.
  std::function<std::chrono::system_clock::time_point()> clock{};
};

/// What a good token says. docs/tokens.md explains every claim.
struct Claims {
  std::string subject;     ///< `sub`: the user's id as text
  std::int64_t user_id{};  ///< the same as a number
  std::string role;        ///< USER or ADMIN
  std::string session;     ///< `sid`
  std::int64_t generation{};
  std::string token_id;  ///< `jti`
  Instant issued{};
  Instant not_before{};
  Instant expires{};
  Instant auth_time{};               ///< when the password was last shown; 1970 when the token does not say
  Instant fresh_until{};             ///< Instant::max(): fresh as long as it lives; 1970: not fresh
  std::vector<std::string> methods;  ///< `amr`
  std::string json;                  ///< all claims, as they were signed
};

/// What a route wants of a token besides that it is good.
struct Demand {
  bool fresh{false};                 ///< straight from a login, not from a refresh
  std::optional<seconds> max_age{};  ///< the password was shown at most so long ago (RFC 9470)
  std::string role{};                ///< exactly this role
};

struct Header {
  std::string name;
  std::string value;
};

/// A "no", ready to be sent: the words and statuses are those of Usher's own API (docs/errors.md).
struct Refusal {
  int status{};
  std::string error;  ///< the slug a program reacts to: token_expired
  std::string title;
  std::string detail;
  std::vector<Header> headers;  ///< WWW-Authenticate, Retry-After

  /// The body, application/problem+json (RFC 9457).
  std::string problem() const;
};

/// Either claims or a refusal. Cheap to copy.
class [[nodiscard]] Verdict {
 public:
  explicit Verdict(std::shared_ptr<const Claims> claims) : claims_{std::move(claims)} {}
  explicit Verdict(std::shared_ptr<const Refusal> refusal) : refusal_{std::move(refusal)} {}

  explicit operator bool() const noexcept { return claims_ != nullptr; }
  /// Only of a verdict that is true.
  const Claims& claims() const noexcept { return *claims_; }
  const Claims& operator*() const noexcept { return *claims_; }
  const Claims* operator->() const noexcept { return claims_.get(); }
  /// Only of a verdict that is false.
  const Refusal& refusal() const noexcept { return *refusal_; }

 private:
  std::shared_ptr<const Claims> claims_;
  std::shared_ptr<const Refusal> refusal_;
};

/// How well this verifier knows what has been revoked.
struct Status {
  std::int64_t have{};                ///< number of the newest revocation up to which all are held
  Instant heard{};                    ///< when the newest statement was signed; 1970: none yet
  std::optional<milliseconds> age{};  ///< since the set was last known to be current; nothing: never
  std::size_t entries{};              ///< sessions and users held
  bool streaming{};
  std::uint64_t refused_statements{};  ///< that were not what they said: each deserves a look
};

/// One per process is enough: it may be used by any number of threads at once, and has one of its own that
/// keeps the keys and the feed up to date.
class Verifier {
 public:
  /// Throws std::invalid_argument for settings that cannot work. Waits for nothing.
  explicit Verifier(Settings settings);
  Verifier(const Verifier&) = delete;
  Verifier& operator=(const Verifier&) = delete;
  ~Verifier();

  /// Never throws for a bad token or an unreachable service. Waits for the network only at the start
  /// (`start_wait`), and once per fetch, for half a second at most, for a key it has never seen.
  Verdict verify(std::string_view token, const Demand& demand = {});
  /// The same, of the whole value of an Authorization header; empty when there was none.
  Verdict verify_header(std::string_view authorization, const Demand& demand = {});

  Status status() const;

  /// Ends the thread; from then on every good token is answered 503. The destructor does it too.
  void close() noexcept;

 private:
  class Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace usher::verify
