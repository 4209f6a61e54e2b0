#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace usher::http {

/// Unique without asking anybody: 48 random bits of this loop, then a counter. They name, they do not
/// protect.
class RequestIds {
 public:
  static constexpr std::size_t size = 20;

  RequestIds();

  /// Writes the next one into `out`, which holds `size` characters.
  std::string_view next(std::span<char> out);

 private:
  std::array<char, 12> prefix_{};
  std::uint32_t counter_{0};
};

/// What a trusted proxy may send as X-Request-Id: 1 to 64 of [A-Za-z0-9._-].
bool is_request_id(std::string_view text);

}  // namespace usher::http
