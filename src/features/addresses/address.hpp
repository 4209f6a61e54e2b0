#pragma once

#include "base/clock.hpp"
#include "base/id.hpp"
#include "features/users/user.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace usher::addresses {

using AddressId = Id<struct AddressTag>;

struct Address {
  AddressId id;
  users::UserId user;
  std::optional<std::string> label{};
  std::string address_line_1;
  std::optional<std::string> address_line_2{};
  std::string city;
  std::string state;    ///< ISO 3166-2 code without the country ("KA"), or the course's own for India
  std::string country;  ///< ISO 3166-1 alpha-2
  std::int64_t pin{};
  std::int64_t version{1};
  Instant created{};
  Instant updated{};
};

}  // namespace usher::addresses
