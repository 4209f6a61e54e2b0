#include "features/addresses/rules.hpp"

#include "features/addresses/iso_3166.hpp"
#include "text/unicode.hpp"

namespace usher::addresses {

std::string_view problem_with_text(std::string_view text)
{
  if (!text::is_utf8(text)) {
    return "must be UTF-8";
  }
  const auto length = static_cast<std::int64_t>(text::length(text));
  if (length < 1 || length > line_length_max) {
    return "must be 1 to 50 characters";
  }
  return text::problem_with_line(text);
}

std::string_view problem_with_country(std::string_view country)
{
  return is_country(country) ? "" : "must be a country by ISO 3166-1, in two capital letters";
}

std::string_view problem_with_state(std::string_view country, std::string_view state)
{
  if (!has_subdivisions(country)) {
    return problem_with_text(state);
  }
  return is_subdivision({.country = country, .code = state})
             ? ""
             : "must be a state of that country by ISO 3166-2, such as KA for IN";
}

std::string_view problem_with_pin(std::string_view country, std::int64_t pin)
{
  if (country == "IN") {
    return pin >= 100'000 && pin <= 999'999 ? "" : "must have six digits in India";
  }
  return pin >= 0 && pin <= pin_max ? "" : "must be 0 to 9999999999";
}

std::vector<FieldError> problems_with(const Address& address)
{
  std::vector<FieldError> wrong;
  const auto hold = [&wrong](std::string_view field, std::string_view reason) {
    if (!reason.empty()) {
      wrong.push_back({.field = std::string{field}, .reason = std::string{reason}});
    }
  };
  if (address.label) {
    hold("label", problem_with_text(*address.label));
  }
  hold("address_line_1", problem_with_text(address.address_line_1));
  if (address.address_line_2) {
    hold("address_line_2", problem_with_text(*address.address_line_2));
  }
  hold("city", problem_with_text(address.city));
  hold("country", problem_with_country(address.country));
  if (is_country(address.country)) {
    hold("state", problem_with_state(address.country, address.state));
    hold("pin", problem_with_pin(address.country, address.pin));
  }
  return wrong;
}

}  // namespace usher::addresses
