#pragma once

#include <string>
#include <string_view>

namespace usher::addresses {

/// ISO 3166-1 alpha-2, in capitals: "IN".
bool is_country(std::string_view code);

/// Whether ISO 3166-2 divides it; it does so with all but some fifty small ones.
bool has_subdivisions(std::string_view country);

/// ISO 3166-2 without the country: "KA" of "IN". For India also OD and BH, which are in wide use.
struct Subdivision {
  std::string_view country;
  std::string_view code;
};
bool is_subdivision(const Subdivision& wanted);

}  // namespace usher::addresses
