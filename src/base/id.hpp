#pragma once

#include <compare>
#include <cstdint>

namespace usher {

/// A row's number that cannot be mixed up with another table's. `using AddressId = Id<struct AddressTag>;`
/// Never reused, always positive; 0 is "none".
template <class Tag>
struct Id {
  std::int64_t value{};
  friend auto operator<=>(Id, Id) = default;
};

}  // namespace usher
