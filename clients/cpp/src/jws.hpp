#pragma once

#include "revocation_set.hpp"
#include "usher_verify.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace usher::verify {

inline constexpr std::size_t token_bytes_max = 8UL * 1024;
inline constexpr std::string_view access_typ = "at+jwt";              ///< RFC 9068 section 2.1
inline constexpr std::string_view statement_typ = "revocations+jwt";  ///< docs/revocations.md

/// Only the one way to write bytes (RFC 4648 section 5, no padding, unused bits zero). `bytes` is written
/// over.
bool decode_base64url(std::string_view text, std::string& bytes);
std::string encode_base64url(std::string_view bytes);

/// Of any text: the bytes of a UUID, the digest of anything else.
SessionId session_of(std::string_view text);

/// The three parts of a JWS in compact form (RFC 7515 section 7.1), still encoded.
struct Compact {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signed_text;  ///< header, dot, payload
};

/// Nothing unless there are exactly three parts.
std::optional<Compact> split(std::string_view jws);

/// What of a protected header means something to us. `jwk`, `jku`, `x5u` and `x5c` are not read: they never
/// choose a key (RFC 8725 section 3.10).
struct JwsHeader {
  std::string alg;
  std::string kid;
  std::string typ;
};

/// Nothing when it is not strict JSON, or asks for what we do not do: `crit`, `b64`, `zip`, `enc`, a token
/// within.
std::optional<JwsHeader> read_header(std::string_view json);

enum class Reading { good, malformed, wrong_type, invalid };

/// Everything a token says that can be checked without a clock: shape, `type`, `iss`, `aud`.
Reading read_claims(std::string_view json, const Settings& settings, Claims& claims);

/// Nothing when the payload is not a statement of `issuer`.
std::optional<Statement> read_statement(std::string_view json, std::string_view issuer);

}  // namespace usher::verify
