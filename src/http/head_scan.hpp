#pragma once

#include <cstddef>
#include <string_view>

namespace usher::http {

/// Finds the end of a request's head in bytes that arrive piece by piece, and refuses at once what a lenient
/// parser would let pass: bare CR, bare LF, control bytes, NUL, obs-fold, a first line with anything but
/// visible ASCII and spaces (RFC 9112 2.2, 3 and 5.2; RFC 9110 5.5). Looks at each byte once.
class HeadScan {
 public:
  enum class State { incomplete, complete, malformed };

  /// `message` begins with the request line and holds what was there before, plus what has come since.
  State look(std::string_view message);

  std::size_t size() const noexcept { return line_; }  ///< when complete: the head, blank line included
  bool in_first_line() const noexcept { return first_; }
  std::string_view complaint() const noexcept { return complaint_; }  ///< when malformed; a literal

 private:
  State refuse(std::string_view why);
  State whole_line(std::string_view line, std::string_view fresh);
  State partial_line(std::string_view message);

  std::size_t line_{0};  ///< where the current line begins
  std::size_t seen_{0};  ///< up to where its bytes have been looked at
  bool first_{true};
  std::string_view complaint_{};
};

}  // namespace usher::http
