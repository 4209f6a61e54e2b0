#include "jws.hpp"

#include "json_object.hpp"
#include "keys.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>

namespace usher::verify {
namespace {

using Kind = Member::Kind;

/// In the year 2255. What is later is a mistake, and could overflow in nanoseconds.
constexpr std::int64_t epoch_max = 9'000'000'000;
constexpr std::int64_t keep_max = 1'000'000'000;
/// Number.MAX_SAFE_INTEGER, which is the generation of a deleted account.
constexpr std::int64_t number_max = 9'007'199'254'740'991;

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t no_letter = 0xFF;

constexpr std::array<std::uint8_t, 256> letters()
{
  std::array<std::uint8_t, 256> table{};
  table.fill(no_letter);
  for (std::size_t value = 0; value < alphabet.size(); ++value) {
    table[static_cast<unsigned char>(alphabet[value])] = static_cast<std::uint8_t>(value);
  }
  return table;
}

constexpr std::array<std::uint8_t, 256> values = letters();

std::uint32_t value_of(char letter)
{
  return values[static_cast<unsigned char>(letter)];
}

/// The last two or three letters, which make one or two bytes.
bool decode_tail(std::string_view tail, std::string& bytes)
{
  if (tail.empty()) {
    return true;
  }
  const std::uint32_t a = value_of(tail[0]);
  const std::uint32_t b = value_of(tail[1]);
  const std::uint32_t c = tail.size() == 3 ? value_of(tail[2]) : 0;
  const std::uint32_t unused = tail.size() == 3 ? c & 3U : b & 15U;
  if ((a | b | c) > 63 || unused != 0) {
    return false;
  }
  bytes.push_back(static_cast<char>((a << 2U) | (b >> 4U)));
  if (tail.size() == 3) {
    bytes.push_back(static_cast<char>((b << 4U) | (c >> 2U)));
  }
  return true;
}

bool fits(const Member& member, std::int64_t max)
{
  return member.kind == Kind::whole && member.whole >= 0 && member.whole <= max;
}

bool is_text(const Member& member)
{
  return member.kind == Kind::text && !member.text.empty();
}

Instant instant(std::int64_t epoch)
{
  return Instant{seconds{epoch}};
}

/// Decimal, no sign, no leading zero: as Usher writes ids. 0 for anything else.
std::int64_t id_of(std::string_view text)
{
  std::int64_t id = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  const bool canonical = !text.empty() && text.front() >= '1' && text.front() <= '9';
  return canonical && error == std::errc{} && stop == text.data() + text.size() ? id : 0;
}

namespace claim {
enum : std::size_t {
  iss,
  sub,
  aud,
  iat,
  nbf,
  exp,
  jti,
  type,
  fresh,
  sid,
  gen,
  user_id,
  role,
  auth_time,
  amr
};
constexpr std::array<std::string_view, 15> names{
    "iss",
    "sub",
    "aud",
    "iat",
    "nbf",
    "exp",
    "jti",
    "type",
    "fresh",
    "sid",
    "gen",
    "user_id",
    "role",
    "auth_time",
    "amr"
};
}  // namespace claim

class ClaimsReader final : public ObjectReader {
 public:
  ClaimsReader(const Settings& settings, Claims& claims)
      : ObjectReader{claim::names}, settings_{settings}, claims_{claims}
  {
  }

  bool element(std::size_t field, std::string_view text) override
  {
    if (field == claim::aud) {
      audience_matches_ = audience_matches_ || text == settings_.audience;
    }
    if (field == claim::amr) {
      claims_.methods.emplace_back(text);
    }
    return true;
  }

  bool is_for_us() const
  {
    const Member& audience = (*this)[claim::aud];
    // RFC 7519 section 4.1.3: who is not named must refuse.
    if (settings_.audience.empty()) {
      return audience.kind == Kind::absent;
    }
    return audience.kind == Kind::list ? audience_matches_
                                       : audience.kind == Kind::text && audience.text == settings_.audience;
  }

 private:
  const Settings& settings_;
  Claims& claims_;
  bool audience_matches_{false};
};

bool has_shape(const ClaimsReader& read)
{
  const auto absent_or = [&](std::size_t field, bool good) {
    return good || read[field].kind == Kind::absent;
  };
  return is_text(read[claim::sub]) && fits(read[claim::iat], epoch_max) &&
         fits(read[claim::exp], epoch_max) && absent_or(claim::nbf, fits(read[claim::nbf], epoch_max)) &&
         is_text(read[claim::jti]) && is_text(read[claim::sid]) && fits(read[claim::gen], number_max) &&
         is_text(read[claim::role]) && absent_or(claim::auth_time, fits(read[claim::auth_time], epoch_max)) &&
         (read[claim::fresh].kind == Kind::flag || fits(read[claim::fresh], epoch_max));
}

Instant fresh_until(const Member& fresh)
{
  if (fresh.kind == Kind::flag) {
    return fresh.whole == 1 ? Instant::max() : Instant{};
  }
  return instant(fresh.whole);
}

void take(ClaimsReader& read, Claims& claims)
{
  claims.subject = std::move(read[claim::sub].text);
  claims.role = std::move(read[claim::role].text);
  claims.session = std::move(read[claim::sid].text);
  claims.token_id = std::move(read[claim::jti].text);
  claims.generation = read[claim::gen].whole;
  claims.issued = instant(read[claim::iat].whole);
  claims.not_before = std::max(claims.issued, instant(read[claim::nbf].whole));
  claims.expires = instant(read[claim::exp].whole);
  claims.auth_time = instant(read[claim::auth_time].whole);
  claims.fresh_until = fresh_until(read[claim::fresh]);
}

namespace said {
enum : std::size_t { iss, aud, type, iat, exp, seq, from, keep, sessions, users };
constexpr std::array<std::string_view, 10> names{
    "iss", "aud", "type", "iat", "exp", "seq", "from", "keep", "sessions", "users"
};
}  // namespace said

class StatementReader final : public ObjectReader {
 public:
  StatementReader() : ObjectReader{said::names} {}

  bool element(std::size_t field, std::string_view text) override
  {
    if (field == said::sessions) {
      good_ = good_ && !text.empty();
      statement_.sessions.push_back(session_of(text));
    }
    return good_;
  }

  bool entry(std::size_t field, std::string_view name, std::int64_t whole) override
  {
    if (field == said::users) {
      const std::int64_t user = id_of(name);
      good_ = good_ && user > 0 && whole >= 0;
      statement_.users.emplace_back(user, whole);
    }
    return good_;
  }

  bool has_shape(std::string_view issuer) const
  {
    const ObjectReader& read = *this;
    const auto says = [&](std::size_t field, std::string_view text) {
      return read[field].kind == Kind::text && read[field].text == text;
    };
    return says(said::iss, issuer) && says(said::aud, "revocations") && says(said::type, "revocations") &&
           fits(read[said::iat], epoch_max) &&
           (read[said::exp].kind == Kind::whole || read[said::exp].kind == Kind::absent) &&
           fits(read[said::seq], number_max) && fits(read[said::from], read[said::seq].whole) &&
           fits(read[said::keep], keep_max) && read[said::sessions].kind == Kind::list &&
           read[said::users].kind == Kind::object;
  }

  /// Of two members of one name somebody else would believe the other one.
  bool has_doubled_user()
  {
    std::ranges::sort(statement_.users);
    const auto same = [](const auto& left, const auto& right) { return left.first == right.first; };
    return std::ranges::adjacent_find(statement_.users, same) != statement_.users.end();
  }

  Statement take()
  {
    const ObjectReader& read = *this;
    statement_.issued = read[said::iat].whole;
    statement_.seq = read[said::seq].whole;
    statement_.from = read[said::from].whole;
    statement_.keep = read[said::keep].whole;
    return std::move(statement_);
  }

 private:
  Statement statement_;
  bool good_{true};
};

bool is_jwt(std::string_view content_type)
{
  // RFC 7519 section 5.2: upper case is only recommended.
  return content_type.size() == 3 && (content_type[0] | 0x20) == 'j' && (content_type[1] | 0x20) == 'w' &&
         (content_type[2] | 0x20) == 't';
}

}  // namespace

bool decode_base64url(std::string_view text, std::string& bytes)
{
  if (text.size() % 4 == 1) {
    return false;
  }
  bytes.resize(text.size() / 4 * 3);
  char* out = bytes.data();
  for (; text.size() >= 4; text.remove_prefix(4)) {
    const std::uint32_t a = value_of(text[0]);
    const std::uint32_t b = value_of(text[1]);
    const std::uint32_t c = value_of(text[2]);
    const std::uint32_t d = value_of(text[3]);
    if ((a | b | c | d) > 63) {
      return false;
    }
    const std::uint32_t three = (a << 18U) | (b << 12U) | (c << 6U) | d;
    *out++ = static_cast<char>(three >> 16U);
    *out++ = static_cast<char>(three >> 8U);
    *out++ = static_cast<char>(three);
  }
  return decode_tail(text, bytes);
}

std::string encode_base64url(std::string_view bytes)
{
  std::string text;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char byte : bytes) {
    bits = (bits << 8U) | static_cast<unsigned char>(byte);
    for (count += 8; count >= 6;) {
      count -= 6;
      text += alphabet[(bits >> count) & 63U];
    }
  }
  if (count > 0) {
    text += alphabet[(bits << (6 - count)) & 63U];
  }
  return text;
}

SessionId session_of(std::string_view text)
{
  if (const auto uuid = parse_session(text)) {
    return *uuid;
  }
  const Sha256 digest = sha256(text);
  SessionId id;
  std::memcpy(&id.high, digest.data(), sizeof id.high);
  std::memcpy(&id.low, digest.data() + sizeof id.high, sizeof id.low);
  return id;
}

std::optional<Compact> split(std::string_view jws)
{
  const std::size_t first = jws.find('.');
  const std::size_t second = first == std::string_view::npos ? first : jws.find('.', first + 1);
  if (second == std::string_view::npos || jws.find('.', second + 1) != std::string_view::npos) {
    return std::nullopt;
  }
  return Compact{
      .header = jws.substr(0, first),
      .payload = jws.substr(first + 1, second - first - 1),
      .signature = jws.substr(second + 1),
      .signed_text = jws.substr(0, second)
  };
}

std::optional<JwsHeader> read_header(std::string_view json)
{
  constexpr std::array<std::string_view, 8> names{"alg", "kid", "typ", "cty", "crit", "b64", "zip", "enc"};
  constexpr std::size_t texts = 4;
  ObjectReader read{names};
  if (!read.read(json)) {
    return std::nullopt;
  }
  for (std::size_t field = 0; field < names.size(); ++field) {
    const bool good = read[field].kind == Kind::absent || (field < texts && read[field].kind == Kind::text);
    if (!good) {
      return std::nullopt;
    }
  }
  if (is_jwt(read[3].text)) {
    return std::nullopt;
  }
  return JwsHeader{
      .alg = std::move(read[0].text), .kid = std::move(read[1].text), .typ = std::move(read[2].text)
  };
}

Reading read_claims(std::string_view json, const Settings& settings, Claims& claims)
{
  ClaimsReader read{settings, claims};
  if (!read.read(json)) {
    return Reading::malformed;
  }
  const Member& type = read[claim::type];
  if (type.kind != Kind::text) {
    return Reading::invalid;
  }
  if (type.text != "access") {
    return Reading::wrong_type;
  }
  const Member& issuer = read[claim::iss];
  if (issuer.kind != Kind::text || issuer.text != settings.issuer || !read.is_for_us() || !has_shape(read)) {
    return Reading::invalid;
  }
  const Member& user = read[claim::user_id];
  claims.user_id = id_of(read[claim::sub].text);
  const bool one_user = claims.user_id > 0 && (user.kind == Kind::absent ||
                                               (user.kind == Kind::whole && user.whole == claims.user_id));
  if (!one_user) {
    return Reading::invalid;
  }
  take(read, claims);
  claims.json.assign(json);
  return Reading::good;
}

std::optional<Statement> read_statement(std::string_view json, std::string_view issuer)
{
  StatementReader read;
  if (!read.read(json) || !read.has_shape(issuer) || read.has_doubled_user()) {
    return std::nullopt;
  }
  return read.take();
}

}  // namespace usher::verify
