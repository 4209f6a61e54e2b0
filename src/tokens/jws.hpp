#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace usher::tokens {

/// Held against a token before anything else is done with it.
inline constexpr std::size_t token_bytes_max = 8UL * 1024;

inline constexpr std::string_view access_typ = "at+jwt";                ///< RFC 9068 section 2.1
inline constexpr std::string_view refresh_typ = "rt+jwt";               ///< ours
inline constexpr std::string_view revocations_typ = "revocations+jwt";  ///< ours; docs/revocations.md

/// The three parts of a JWS in compact serialisation (RFC 7515 section 7.1), decoded.
struct Compact {
  std::string header;
  std::string payload;
  std::string signature;
  std::size_t signed_bytes{0};  ///< how much of the token's text the signature covers
};

/// Strict: at most token_bytes_max, exactly three parts, each the one way to write its bytes in base64url.
std::optional<Compact> parse_compact(std::string_view token);

/// A protected header's members that mean something to us; empty when absent. All others are ignored: `jwk`,
/// `jku`, `x5u` and `x5c` never choose a key (RFC 8725 section 3.10).
struct Header {
  std::string alg;
  std::string kid;
  std::string typ;
};

/// Nothing when it is not strict JSON, a member has another type than text, or it asks for processing that we
/// do not offer: `crit`, `b64`, `zip`, `enc`, or `cty` "JWT" (a token within).
std::optional<Header> read_header(std::string_view json);
std::string write_header(const Header& header);

/// The text that is signed: both parts in base64url with a dot between.
std::string signing_input(std::string_view header, std::string_view payload);

}  // namespace usher::tokens
