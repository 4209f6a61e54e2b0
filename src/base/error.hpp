#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace usher {

/// What sort of "no" this is. The HTTP status is chosen from it in one place: http/problem.cpp.
enum class Kind {
  invalid,                ///< 400 the input itself is wrong
  unauthenticated,        ///< 401 nobody, or no longer somebody
  forbidden,              ///< 403 somebody, but not allowed
  not_found,              ///< 404
  method_not_allowed,     ///< 405
  not_acceptable,         ///< 406
  conflict,               ///< 409 taken, or against an invariant such as "one administrator remains"
  precondition_failed,    ///< 412 If-Match does not match
  too_large,              ///< 413
  uri_too_long,           ///< 414
  unsupported_media,      ///< 415
  expectation_failed,     ///< 417
  unprocessable,          ///< 422 a token that is malformed, badly signed or of the wrong type
  too_many,               ///< 429
  headers_too_large,      ///< 431
  internal,               ///< 500
  not_implemented,        ///< 501
  unavailable,            ///< 503 busy, draining, or the database is away
  version_not_supported,  ///< 505
};

/// One reason for saying no, declared once where the rule lives:
///   inline constexpr Refusal email_taken{Kind::conflict, "email_taken", "E-mail address taken", "..."};
/// Routes list the ones they may answer with, and the documentation is made from the same objects.
struct Refusal {
  Kind kind;
  std::string_view code;    ///< Stable slug; what a program reacts to.
  std::string_view title;   ///< The same for every occurrence.
  std::string_view detail;  ///< What to do about it; used unless the refuser says something more precise.
};

/// One field of the input that was wrong, named as the client wrote it ("addresses[0].pin").
struct FieldError {
  std::string field;
  std::string reason;
};

/// An expected "no". Faults (lost database, no entropy) are exceptions instead; see base/fault.hpp.
struct Error {
  const Refusal* refusal;                         ///< Never null; points at an `inline constexpr Refusal`.
  std::string detail;                             ///< Safe to show to the caller.
  std::vector<FieldError> fields{};               ///< Every wrong field, not just the first.
  std::chrono::seconds retry_after{0};            ///< Sent as Retry-After when not zero.
  std::optional<std::chrono::seconds> max_age{};  ///< The oldest login that would do, for the challenge.

  std::string_view code() const noexcept { return refusal->code; }
};

/// `return refuse(email_taken);`
inline Error refuse(const Refusal& refusal)
{
  return {.refusal = &refusal, .detail = std::string{refusal.detail}};
}

inline Error refuse(const Refusal& refusal, std::string detail)
{
  return {.refusal = &refusal, .detail = std::move(detail)};
}

/// Two refusals every layer may need.
inline constexpr Refusal fields_invalid{
    Kind::invalid, "fields_invalid", "Invalid fields", "Some fields are not as they should be; see errors."
};
inline constexpr Refusal server_busy{
    Kind::unavailable,
    "server_busy",
    "Busy",
    "The server has more of this work than it can do; try again shortly."
};

inline Error refuse_fields(std::vector<FieldError> fields)
{
  return {
      .refusal = &fields_invalid, .detail = std::string{fields_invalid.detail}, .fields = std::move(fields)
  };
}

}  // namespace usher
