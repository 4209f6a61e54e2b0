#pragma once

#include "http/refusals.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace usher::http {

/// Takes the chunked coding (RFC 9112 7.1) off a body, strictly: sizes are 1 to 8 hex digits, lines end in
/// CRLF, extensions follow the grammar and stay short, trailer fields are well-formed, few, and dropped.
class Chunked {
 public:
  static constexpr std::size_t line_bytes_max = 256;
  static constexpr std::size_t trailer_bytes_max = 4096;

  enum class State { need_more, done, refused };

  struct Step {
    State state;
    std::size_t consumed;  ///< bytes of `input` that are dealt with
    std::size_t produced;  ///< bytes of the body that now stand at `out`
  };

  /// Decodes what `input` holds; `out` is at or before `input` (in place). Call again with the rest and more.
  Step decode(std::string_view input, char* out, std::size_t body_bytes_left);

  const Complaint& complaint() const noexcept { return complaint_; }

 private:
  enum class Expect { size, data, data_end, trailer };

  State refuse(Complaint why);
  State take_line(std::string_view& rest);
  State on_size_line(std::string_view line);
  State on_trailer_line(std::string_view line);

  Expect expect_{Expect::size};
  std::uint64_t left_{0};  ///< bytes of the current chunk still to come
  std::size_t trailer_bytes_{0};
  Complaint complaint_{};
};

}  // namespace usher::http
