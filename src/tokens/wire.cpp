#include "tokens/wire.hpp"

#include "json/document.hpp"
#include "json/writer.hpp"
#include "tokens/jws.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>

namespace usher::tokens {
namespace {

namespace bj = boost::json;

constexpr std::int64_t number_max = std::numeric_limits<std::int64_t>::max();
/// 9999-12-31T23:59:59Z: anything later is a mistake, and could overflow when a leeway is added.
constexpr std::int64_t epoch_max = 253'402'300'799;

std::string_view view_of(const bj::string& text)
{
  return {text.data(), text.size()};
}

std::optional<std::vector<std::string>> texts_of(const bj::value& value)
{
  const bj::array* list = value.if_array();
  if (list == nullptr) {
    return std::nullopt;
  }
  std::vector<std::string> texts;
  for (const bj::value& entry : *list) {
    const bj::string* text = entry.if_string();
    if (text == nullptr) {
      return std::nullopt;
    }
    texts.emplace_back(view_of(*text));
  }
  return texts;
}

/// `sub` as we write it: decimal, no sign, no leading zero. 0 for anything else.
std::int64_t user_of(std::string_view text)
{
  std::int64_t user = 0;
  const auto [stop, error] = std::from_chars(text.begin(), text.end(), user);
  const bool canonical = !text.empty() && text.front() >= '1' && text.front() <= '9';
  return canonical && error == std::errc{} && stop == text.end() ? user : 0;
}

/// Reads members that must be there and be right, and remembers whether all were.
class Members {
 public:
  explicit Members(const bj::object& object) : object_{object} {}

  bool good() const noexcept { return good_; }
  void demand(bool holds) { good_ = good_ && holds; }
  const bj::value* find(std::string_view name) const { return object_.if_contains(name); }

  /// Not empty.
  std::string_view text(std::string_view name)
  {
    const bj::value* value = find(name);
    const bj::string* text = value != nullptr ? value->if_string() : nullptr;
    demand(text != nullptr && !text->empty());
    return good_ ? view_of(*text) : std::string_view{};
  }

  /// A JSON integer, never a fraction or an exponent.
  std::int64_t whole(std::string_view name, std::int64_t max)
  {
    const bj::value* value = find(name);
    const std::int64_t* number = value != nullptr ? value->if_int64() : nullptr;
    demand(number != nullptr && *number >= 0 && *number <= max);
    return good_ ? *number : 0;
  }

  Instant instant(std::string_view name) { return from_epoch(whole(name, epoch_max)); }

  /// Nothing when absent.
  std::optional<Instant> instant_if_any(std::string_view name)
  {
    return find(name) != nullptr ? std::optional{instant(name)} : std::nullopt;
  }

  /// Nothing when absent. Others may write fractions (RFC 7519 section 2), we read whole seconds.
  std::optional<Instant> numeric_date(std::string_view name)
  {
    const bj::value* value = find(name);
    const double* fraction = value != nullptr ? value->if_double() : nullptr;
    if (fraction == nullptr) {
      return instant_if_any(name);
    }
    demand(*fraction >= 0 && *fraction <= static_cast<double>(epoch_max));
    return good_ ? from_epoch(static_cast<std::int64_t>(*fraction)) : Instant{};
  }

  Uuid uuid(std::string_view name)
  {
    const auto parsed = parse_uuid(text(name));
    demand(parsed.has_value());
    return parsed.value_or(Uuid{});
  }

  std::int64_t subject()
  {
    const std::int64_t user = user_of(text("sub"));
    demand(user > 0);
    return user;
  }

  /// RFC 7519 section 4.1.3: one text or a list of them. Empty when absent.
  std::vector<std::string> audience()
  {
    const bj::value* value = find("aud");
    if (value == nullptr) {
      return {};
    }
    if (const bj::string* text = value->if_string()) {
      return {std::string{view_of(*text)}};
    }
    auto texts = texts_of(*value);
    demand(texts.has_value());
    return texts ? std::move(*texts) : std::vector<std::string>{};
  }

 private:
  const bj::object& object_;
  bool good_{true};
};

/// `iss`, `aud`, `jti`: the same for both kinds of token.
void check_envelope(Members& members, const Options& options)
{
  members.demand(members.text("iss") == options.issuer);  // RFC 9068 section 4: exactly
  members.text("jti");
  const std::vector<std::string> audience = members.audience();
  const bool ours = options.audience.empty()
                        ? members.find("aud") == nullptr
                        : std::ranges::find(audience, options.audience) != audience.end();
  members.demand(ours);
}

Instant not_before_of(Members& members, Instant issued)
{
  return std::max(issued, members.instant_if_any("nbf").value_or(issued));
}

/// `fresh`: true, false, or the second until which.
Instant fresh_until_of(Members& members)
{
  const bj::value* value = members.find("fresh");
  if (value != nullptr && value->is_bool()) {
    return value->get_bool() ? Instant::max() : Instant{};
  }
  return members.instant("fresh");
}

std::string amr_of(Members& members)
{
  const bj::value* value = members.find("amr");
  if (value == nullptr) {
    return {};
  }
  const auto texts = texts_of(*value);
  members.demand(texts.has_value());
  std::string joined;
  for (const std::string& text : texts.value_or(std::vector<std::string>{})) {
    joined.append(joined.empty() ? "" : " ").append(text);
  }
  return joined;
}

/// The object, when its `type` is the one wanted.
// NOLINTNEXTLINE(bugprone-easily-swappable-parameters): swapped, nothing is ever taken
Result<bj::object> typed_object(std::string_view json, std::string_view type)
{
  auto object = json::parse_object(json);
  if (!object) {
    return refuse(token_malformed);
  }
  const bj::value* found = object->if_contains("type");
  if (found == nullptr || !found->is_string()) {
    return refuse(token_claims_invalid);
  }
  if (view_of(found->get_string()) != type) {
    return refuse(token_wrong_type);
  }
  return std::move(*object);
}

// NOLINTBEGIN(bugprone-easily-swappable-parameters): name, then value, as JSON reads
class ClaimsWriter {
 public:
  ClaimsWriter() { out_.begin_object(); }

  void text(std::string_view name, std::string_view value)
  {
    out_.key(name);
    out_.text(value);
  }
  void number(std::string_view name, std::int64_t value)
  {
    out_.key(name);
    out_.integer(value);
  }
  void instant(std::string_view name, Instant value) { number(name, epoch_seconds(value)); }
  void boolean(std::string_view name, bool value)
  {
    out_.key(name);
    out_.boolean(value);
  }
  /// Space-separated in, a list out.
  void words(std::string_view name, std::string_view value)
  {
    out_.key(name);
    out_.begin_list();
    while (!value.empty()) {
      const std::size_t end = std::min(value.find(' '), value.size());
      out_.text(value.substr(0, end));
      value.remove_prefix(std::min(end + 1, value.size()));
    }
    out_.end_list();
  }
  std::string take()
  {
    out_.end_object();
    return std::move(out_).take();
  }

 private:
  json::Writer out_;
};

// NOLINTEND(bugprone-easily-swappable-parameters)

template <class Claims>
void write_envelope(ClaimsWriter& out, const Claims& claims, const Options& options, std::string_view jti)
{
  out.text("iss", options.issuer);
  out.text("sub", std::to_string(claims.subject));
  if (!options.audience.empty()) {
    out.text("aud", options.audience);
  }
  out.instant("iat", claims.issued);
  out.instant("nbf", claims.issued);
  out.instant("exp", claims.expires);
  out.text("jti", jti);
}

}  // namespace

std::optional<Header> read_header(std::string_view json)
{
  const auto object = json::parse_object(json);
  if (!object) {
    return std::nullopt;
  }
  constexpr std::array<std::string_view, 4> not_offered{"crit", "b64", "zip", "enc"};
  if (std::ranges::any_of(not_offered, [&](std::string_view name) { return object->contains(name); })) {
    return std::nullopt;
  }
  Header header;
  std::string content_type;
  const std::array<std::pair<std::string_view, std::string*>, 4> members{
      {{"alg", &header.alg}, {"kid", &header.kid}, {"typ", &header.typ}, {"cty", &content_type}}
  };
  for (const auto& [name, member] : members) {
    const bj::value* value = object->if_contains(name);
    if (value != nullptr && !value->is_string()) {
      return std::nullopt;
    }
    if (value != nullptr) {
      member->assign(view_of(value->get_string()));
    }
  }
  // RFC 7519 section 5.2: upper case is only recommended.
  std::ranges::transform(content_type, content_type.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return content_type == "JWT" ? std::nullopt : std::optional{std::move(header)};
}

Result<ReadAccess> read_access(std::string_view json, const Options& options)
{
  USHER_TRY(const bj::object object, typed_object(json, "access"));
  Members members{object};
  check_envelope(members, options);
  ReadAccess read;
  AccessClaims& claims = read.claims;
  claims.subject = members.subject();
  members.demand(members.whole("user_id", number_max) == claims.subject);
  claims.session = members.uuid("sid");
  claims.generation = members.whole("gen", number_max);
  const std::string_view role = members.text("role");
  members.demand(role == "ADMIN" || role == "USER");
  claims.admin = role == "ADMIN";
  claims.fresh_until = fresh_until_of(members);
  claims.auth_time = members.instant_if_any("auth_time").value_or(Instant{});
  claims.amr = amr_of(members);
  claims.issued = members.instant("iat");
  claims.expires = members.instant("exp");
  read.lifetime = {.not_before = not_before_of(members, claims.issued), .expires = claims.expires};
  if (!members.good()) {
    return refuse(token_claims_invalid);
  }
  return read;
}

Result<ReadRefresh> read_refresh(std::string_view json, const Options& options)
{
  USHER_TRY(const bj::object object, typed_object(json, "refresh"));
  Members members{object};
  check_envelope(members, options);
  ReadRefresh read;
  RefreshClaims& claims = read.claims;
  claims.subject = members.subject();
  claims.session = members.uuid("sid");
  claims.generation = members.whole("gen", number_max);
  claims.counter = members.whole("n", number_max);
  claims.issued = members.instant("iat");
  claims.expires = members.instant("exp");
  read.lifetime = {.not_before = not_before_of(members, claims.issued), .expires = claims.expires};
  if (!members.good()) {
    return refuse(token_claims_invalid);
  }
  return read;
}

std::string write_access(const AccessClaims& claims, const Options& options, std::string_view jti)
{
  ClaimsWriter out;
  write_envelope(out, claims, options, jti);
  out.text("type", "access");
  if (claims.fresh_until == Instant::max() || claims.fresh_until == Instant{}) {
    out.boolean("fresh", claims.fresh_until == Instant::max());
  } else {
    out.instant("fresh", claims.fresh_until);
  }
  out.text("sid", to_string(claims.session));
  out.number("gen", claims.generation);
  out.number("user_id", claims.subject);
  out.text("role", claims.admin ? "ADMIN" : "USER");
  out.instant("auth_time", claims.auth_time);
  out.words("amr", claims.amr);
  return out.take();
}

std::string write_refresh(const RefreshClaims& claims, const Options& options, std::string_view jti)
{
  ClaimsWriter out;
  write_envelope(out, claims, options, jti);
  out.text("type", "refresh");
  out.text("sid", to_string(claims.session));
  out.number("n", claims.counter);
  out.number("gen", claims.generation);
  return out.take();
}

std::optional<RegisteredClaims> read_registered(std::string_view json)
{
  const auto object = json::parse_object(json);
  if (!object) {
    return std::nullopt;
  }
  Members members{*object};
  RegisteredClaims claims{
      .expires = members.numeric_date("exp"),
      .not_before = members.numeric_date("nbf"),
      .audience = members.audience(),
  };
  if (members.find("iss") != nullptr) {
    claims.issuer = members.text("iss");
  }
  return members.good() ? std::optional{std::move(claims)} : std::nullopt;
}

bool is_object(std::string_view json)
{
  return json::parse_object(json).has_value();
}

}  // namespace usher::tokens
