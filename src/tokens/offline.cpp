#include "tokens/offline.hpp"

#include "crypto/base64url.hpp"
#include "tokens/jws.hpp"
#include "tokens/wire.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace usher::tokens {
namespace {

constexpr std::string_view white{" \t\r\n"};

std::string_view trimmed(std::string_view text)
{
  const std::size_t first = text.find_first_not_of(white);
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(white) - first + 1);
}

bool is_signed(
    std::span<const VerifyingKey> keys,
    const Header& header,
    std::string_view message,
    std::string_view signature
)
{
  return std::ranges::any_of(keys, [&](const VerifyingKey& key) {
    const bool named = key.kid.empty() || header.kid.empty() || key.kid == header.kid;
    return named && header.alg == crypto::name_of(key.algorithm) && key.key->verify(message, signature);
  });
}

Result<Done> check_claims(std::string_view payload, const Demands& demands)
{
  const bool demanding = !demands.issuer.empty() || !demands.audience.empty();
  if (!trimmed(payload).starts_with('{')) {
    return demanding ? Result<Done>{refuse(token_claims_invalid)} : Result<Done>{Done{}};
  }
  const auto claims = read_registered(payload);
  if (!claims) {
    return refuse(token_claims_invalid);
  }
  const bool issuer_right = demands.issuer.empty() || claims->issuer == demands.issuer;
  const bool audience_right = demands.audience.empty() ||
                              std::ranges::find(claims->audience, demands.audience) != claims->audience.end();
  if (!issuer_right || !audience_right) {
    return refuse(token_claims_invalid);
  }
  if (claims->expires && demands.now >= *claims->expires + demands.leeway) {
    return refuse(token_expired);
  }
  if (claims->not_before && *claims->not_before > demands.now + demands.leeway) {
    return refuse(token_not_yet_valid);
  }
  return Done{};
}

/// Lays out JSON that is known to be sound, without reading it: strings are carried over as they stand.
class Layout {
 public:
  explicit Layout(std::string_view json) : json_{json} {}

  std::string run()
  {
    while (at_ < json_.size()) {
      step(json_[at_]);
      ++at_;
    }
    return std::move(out_);
  }

 private:
  void step(char c)
  {
    if (c == '"') {
      copy_string();
    } else if (c == '{' || c == '[') {
      open(c);
    } else if (c == '}' || c == ']') {
      --depth_;
      new_line();
      out_ += c;
    } else if (c == ',') {
      out_ += c;
      new_line();
    } else if (c == ':') {
      out_ += ": ";
    } else if (white.find(c) == std::string_view::npos) {
      out_ += c;
    }
  }

  void copy_string()
  {
    const std::size_t begin = at_;
    for (++at_; json_[at_] != '"'; ++at_) {
      at_ += json_[at_] == '\\' ? 1U : 0U;
    }
    out_.append(json_.substr(begin, at_ - begin + 1));
  }

  void open(char c)
  {
    out_ += c;
    const std::size_t next = json_.find_first_not_of(white, at_ + 1);
    if (json_[next] == '}' || json_[next] == ']') {
      out_ += json_[next];
      at_ = next;
      return;
    }
    ++depth_;
    new_line();
  }

  void new_line() { out_.append("\n").append(2 * depth_, ' '); }

  std::string_view json_;
  std::size_t at_{0};
  std::size_t depth_{0};
  std::string out_;
};

}  // namespace

Result<Decoded> verify_with(
    std::span<const VerifyingKey> keys, std::string_view token, const Demands& demands
)
{
  std::optional<Compact> parts = parse_compact(token);
  const std::optional<Header> header = parts ? read_header(parts->header) : std::nullopt;
  if (!header) {
    return refuse(token_malformed);
  }
  if (!is_signed(keys, *header, token.substr(0, parts->signed_bytes), parts->signature)) {
    return refuse(token_signature_invalid);
  }
  USHER_CHECK(check_claims(parts->payload, demands));
  return Decoded{
      .header = std::move(parts->header),
      .payload = std::move(parts->payload),
      .signature_bytes = parts->signature.size()
  };
}

// NOLINTNEXTLINE(bugprone-easily-swappable-parameters): swapped, they are refused at once
Result<Decoded> verify_with(std::string_view keys, std::string_view token, const Demands& demands)
{
  USHER_TRY(const std::vector<VerifyingKey> parsed, parse_keys(keys));
  return verify_with(std::span{parsed}, token, demands);
}

Result<Decoded> inspect(std::string_view token)
{
  std::optional<Compact> parts = parse_compact(token);
  if (!parts) {
    return refuse(token_malformed);
  }
  return Decoded{
      .header = std::move(parts->header),
      .payload = std::move(parts->payload),
      .signature_bytes = parts->signature.size()
  };
}

Result<std::string> sign_claims(std::string_view claims, const SigningKey& key)
{
  USHER_ASSERT(key.key != nullptr);
  const std::string_view exact = trimmed(claims);
  if (exact.size() > token_bytes_max || !is_object(exact)) {
    return refuse(token_malformed, "The claims must be one JSON object, short enough for a token.");
  }
  const Header header{
      .alg = std::string{crypto::name_of(key.algorithm)}, .kid = key.kid, .typ = std::string{access_typ}
  };
  std::string token = signing_input(write_header(header), exact);
  const std::string signature = key.key->sign(token);
  token += '.';
  token += crypto::base64url(signature);
  if (token.size() > token_bytes_max) {
    return refuse(token_malformed, "The claims are too long for a token.");
  }
  return token;
}

std::string pretty(std::string_view json)
{
  return is_object(json) ? Layout{json}.run() : '"' + crypto::base64url(json) + '"';
}

}  // namespace usher::tokens
