#pragma once

#include <cstddef>

namespace usher::json {

inline constexpr std::size_t depth_max = 32;         ///< of nested objects and lists
inline constexpr std::size_t wrong_fields_max = 64;  ///< told in one answer
inline constexpr std::size_t name_bytes_max = 64;    ///< of a member's name in an answer
inline constexpr std::size_t size_max = std::size_t{16}
                                        << 20U;  ///< of any one value; http.body_max comes first

}  // namespace usher::json
