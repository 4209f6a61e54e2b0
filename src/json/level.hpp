#pragma once

#include "json/shape.hpp"

#include <cstdint>
#include <string>
#include <string_view>

// Where a reader stands.

namespace usher::json {

/// One object or list being read.
struct Level {
  const AnyShape* shape{nullptr};  ///< nullptr: a list
  void* owner{nullptr};            ///< the struct; of a list, the struct that has it
  const Field* field{nullptr};  ///< the member being read (nullptr: passed over); of a list, the list itself
  std::uint64_t seen{0};        ///< an object's members, by their place in the shape
  std::uint64_t twice{0};
  std::size_t next{0};  ///< where the next member is looked for first; of a list, entries so far
};

bool is_list(const Level& level);

/// Of what a list holds, or of the member being read.
Type expected(const Level& level);

/// The member's place in the level's shape; the number of fields where it has none. Members mostly come in
/// the shape's order, so the search starts behind the last one found.
std::size_t place_of(std::string_view name, const Level& level);

/// A member's name as the client wrote it, short enough to be repeated to it, cut between code points.
std::string shortened(std::string_view name);

}  // namespace usher::json
