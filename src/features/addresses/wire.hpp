#pragma once

#include "features/addresses/address.hpp"
#include "features/addresses/service.hpp"
#include "json/json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace usher::addresses {

/// As a client sends a whole address. No country is India.
struct AddressBody {
  std::optional<std::optional<std::string>> label{};
  std::string address_line_1;
  std::optional<std::optional<std::string>> address_line_2{};
  std::string city;
  std::string state;
  std::optional<std::string> country{};
  std::int64_t pin{};
};

struct AddressList {
  std::vector<Address> addresses;
};

extern const json::Shape<Address> address_shape;
extern const json::Shape<AddressList> address_list_shape;
extern const json::Shape<AddressBody> address_body_shape;
extern const json::Shape<Patch> address_patch_shape;

/// The address in a POST or PUT, without id and user. Refuses with json_invalid, or fields_invalid, which
/// names every wrong field, also those that are wrong only beside one another.
Result<Address> address_from_json(std::string_view body);
/// Refuses with json_invalid or fields_invalid.
Result<Patch> patch_from_json(std::string_view body);

std::string to_json(const Address& address);

}  // namespace usher::addresses
