#include "tokens/keyring.hpp"

#include "base/result.hpp"
#include "crypto/base64url.hpp"
#include "crypto/digest.hpp"
#include "json/writer.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace usher::tokens {
namespace {

constexpr std::array<std::pair<KeyState, std::string_view>, 3> state_names{{
    {KeyState::next, "next"},
    {KeyState::active, "active"},
    {KeyState::retired, "retired"},
}};

// NOLINTBEGIN(bugprone-easily-swappable-parameters): name, then value, as JSON reads
void write_member(json::Writer& out, std::string_view name, std::string_view bytes)
{
  out.key(name);
  out.text(crypto::base64url(bytes));
}

void write_named(json::Writer& out, std::string_view name, std::string_view text)
{
  out.key(name);
  out.text(text);
}

// NOLINTEND(bugprone-easily-swappable-parameters)

/// The members that make the key, in the order a thumbprint wants them (RFC 7638 section 3.2, RFC 8037
/// section 2).
void write_public_members(json::Writer& out, const crypto::PublicKey& key)
{
  const crypto::PublicParameters of = key.parameters();
  switch (key.algorithm()) {
    case crypto::Algorithm::es256:
      write_named(out, "crv", "P-256");
      write_named(out, "kty", "EC");
      write_member(out, "x", of.x);
      write_member(out, "y", of.y);
      return;
    case crypto::Algorithm::eddsa:
      write_named(out, "crv", "Ed25519");
      write_named(out, "kty", "OKP");
      write_member(out, "x", of.x);
      return;
    case crypto::Algorithm::rs256:
      write_member(out, "e", of.e);
      write_named(out, "kty", "RSA");
      write_member(out, "n", of.n);
      return;
    case crypto::Algorithm::hs256: return;
  }
}

std::string write_jwks(const std::vector<SigningKey>& keys)
{
  json::Writer out;
  out.begin_object();
  out.key("keys");
  out.begin_list();
  for (const SigningKey& key : keys) {
    if (key.algorithm == crypto::Algorithm::hs256) {
      continue;
    }
    out.begin_object();
    write_public_members(out, *key.public_key);
    write_named(out, "use", "sig");
    write_named(out, "alg", crypto::name_of(key.algorithm));
    write_named(out, "kid", key.kid);
    out.end_object();
  }
  out.end_list();
  out.end_object();
  return std::move(out).take();
}

}  // namespace

std::string_view name_of(KeyState state)
{
  for (const auto& [known, name] : state_names) {
    if (known == state) {
      return name;
    }
  }
  return {};
}

std::optional<KeyState> parse_key_state(std::string_view text)
{
  for (const auto& [state, known] : state_names) {
    if (known == text) {
      return state;
    }
  }
  return std::nullopt;
}

std::string thumbprint(const crypto::PublicKey& key)
{
  USHER_ASSERT(key.algorithm() != crypto::Algorithm::hs256);
  json::Writer out;
  out.begin_object();
  write_public_members(out, key);
  out.end_object();
  return crypto::sha256_base64url(out.text());
}

std::string thumbprint(const crypto::PrivateKey& key)
{
  if (key.algorithm() != crypto::Algorithm::hs256) {
    return thumbprint(*key.public_key());
  }
  // RFC 7638 section 3.2: "k" and "kty". Our secrets are 32 random bytes, so their hash tells nothing
  // (section 7).
  const Secret secret = key.pem();
  std::string members{R"({"k":")"};
  members.append(secret.reveal()).append(R"(","kty":"oct"})");
  const Secret wiped{std::move(members)};
  return crypto::sha256_base64url(wiped.reveal());
}

SigningKey make_signing_key(std::shared_ptr<const crypto::PrivateKey> key, KeyState state)
{
  SigningKey made{
      .kid = thumbprint(*key), .algorithm = key->algorithm(), .state = state, .public_key = key->public_key()
  };
  made.key = std::move(key);
  return made;
}

KeyRing::KeyRing(std::vector<SigningKey> keys, Secret refresh_key)
    : keys_{std::move(keys)},
      refresh_key_{std::move(refresh_key)},
      jwks_{write_jwks(keys_)},
      jwks_etag_{'"' + crypto::sha256_base64url(jwks_) + '"'}
{
  USHER_ASSERT(std::ranges::count(keys_, KeyState::active, &SigningKey::state) <= 1);
}

const SigningKey& KeyRing::active() const
{
  const auto found = std::ranges::find(keys_, KeyState::active, &SigningKey::state);
  USHER_ASSERT(found != keys_.end());
  return *found;
}

const SigningKey* KeyRing::find(std::string_view kid) const
{
  const auto found = std::ranges::find(keys_, kid, &SigningKey::kid);
  return found == keys_.end() ? nullptr : &*found;
}

}  // namespace usher::tokens
