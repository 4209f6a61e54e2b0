#include "tokens/jwk/wire.hpp"

#include "base/secret.hpp"
#include "crypto/base64url.hpp"
#include "json/document.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <set>
#include <utility>

namespace usher::tokens {
namespace {

namespace bj = boost::json;

/// Nothing when it is absent or not text.
std::optional<std::string_view> text_of(const bj::object& jwk, std::string_view name)
{
  const bj::value* value = jwk.if_contains(name);
  const bj::string* text = value != nullptr ? value->if_string() : nullptr;
  return text != nullptr ? std::optional{std::string_view{text->data(), text->size()}} : std::nullopt;
}

/// Absent, or text that is this.
bool may_be(const bj::object& jwk, std::string_view name, std::string_view wanted)
{
  return !jwk.contains(name) || text_of(jwk, name) == wanted;
}

/// Empty when it is absent or not base64url.
std::string bytes_of(const bj::object& jwk, std::string_view name)
{
  const auto text = text_of(jwk, name);
  auto bytes = text ? crypto::from_base64url(*text) : std::nullopt;
  return bytes ? std::move(*bytes) : std::string{};
}

/// RFC 7517 sections 4.2 and 4.3: what the key is for must include signatures. Holders of a private key say
/// "sign".
bool is_for_signatures(const bj::object& jwk)
{
  if (!may_be(jwk, "use", "sig")) {
    return false;
  }
  const bj::value* operations = jwk.if_contains("key_ops");
  if (operations == nullptr) {
    return true;
  }
  const bj::array* list = operations->if_array();
  if (list == nullptr) {
    return false;
  }
  bool good = false;
  std::set<std::string_view> seen;
  for (const bj::value& entry : *list) {
    const bj::string* text = entry.if_string();
    if (text == nullptr || !seen.insert({text->data(), text->size()}).second) {
      return false;
    }
    good = good || *text == "verify" || *text == "sign";
  }
  return good;
}

/// The one algorithm we use this kind of key with; `alg` may only agree (RFC 7517 section 4.4).
std::optional<crypto::Algorithm> algorithm_of(const bj::object& jwk)
{
  const auto kind = text_of(jwk, "kty");
  const auto curve = text_of(jwk, "crv");
  std::optional<crypto::Algorithm> algorithm;
  if (kind == "EC" && curve == "P-256") {
    algorithm = crypto::Algorithm::es256;
  } else if (kind == "OKP" && curve == "Ed25519") {
    algorithm = crypto::Algorithm::eddsa;
  } else if (kind == "RSA" && !jwk.contains("crv")) {
    algorithm = crypto::Algorithm::rs256;
  } else if (kind == "oct" && !jwk.contains("crv")) {
    algorithm = crypto::Algorithm::hs256;
  }
  if (!algorithm) {
    return std::nullopt;
  }
  // RFC 9864 names EdDSA over this curve anew.
  const bool agrees = may_be(jwk, "alg", crypto::name_of(*algorithm)) ||
                      (algorithm == crypto::Algorithm::eddsa && may_be(jwk, "alg", "Ed25519"));
  return agrees ? algorithm : std::nullopt;
}

std::optional<VerifyingKey> read_key(const bj::object& jwk)
{
  const auto algorithm = algorithm_of(jwk);
  if (!algorithm || !is_for_signatures(jwk) || (jwk.contains("kid") && !text_of(jwk, "kid"))) {
    return std::nullopt;
  }
  VerifyingKey read{.kid = std::string{text_of(jwk, "kid").value_or("")}, .algorithm = *algorithm};
  if (read.algorithm == crypto::Algorithm::hs256) {
    read.key = crypto::make_hmac_verifier(Secret{bytes_of(jwk, "k")});
  } else {
    const crypto::PublicParameters parameters{
        .x = bytes_of(jwk, "x"), .y = bytes_of(jwk, "y"), .n = bytes_of(jwk, "n"), .e = bytes_of(jwk, "e")
    };
    read.key = crypto::make_public_key(read.algorithm, parameters, foreign_rsa_bits_min);
  }
  return read.key ? std::optional{std::move(read)} : std::nullopt;
}

/// A set that mixes secrets with public keys invites the one to be taken for the other; two keys of one name
/// leave the choice to chance.
bool is_orderly(const bj::array& set)
{
  std::set<std::string_view> kids;
  std::size_t secrets = 0;
  for (const bj::value& entry : set) {
    const bj::object* jwk = entry.if_object();
    if (jwk == nullptr) {
      return false;
    }
    secrets += text_of(*jwk, "kty") == "oct" ? 1U : 0U;
    const auto kid = text_of(*jwk, "kid");
    if (kid && !kids.insert(*kid).second) {
      return false;
    }
  }
  return secrets == 0 || secrets == set.size();
}

std::vector<VerifyingKey> read_set(const bj::array& set)
{
  std::vector<VerifyingKey> keys;
  if (set.size() > keys_max || !is_orderly(set)) {
    return keys;
  }
  for (const bj::value& entry : set) {
    if (auto key = read_key(entry.get_object())) {
      keys.push_back(std::move(*key));
    }
  }
  return keys;
}

}  // namespace

Result<std::vector<VerifyingKey>> read_keys(std::string_view json)
{
  const auto object = json::parse_object(json);
  if (!object) {
    return refuse(keys_unusable);
  }
  std::vector<VerifyingKey> keys;
  if (const bj::value* set = object->if_contains("keys")) {
    if (set->is_array()) {
      keys = read_set(set->get_array());
    }
  } else if (auto key = read_key(*object)) {
    keys.push_back(std::move(*key));
  }
  if (keys.empty()) {
    return refuse(keys_unusable);
  }
  return keys;
}

}  // namespace usher::tokens
