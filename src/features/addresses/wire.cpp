#include "features/addresses/wire.hpp"

#include "features/addresses/rules.hpp"
#include "features/users/wire.hpp"

#include <array>

namespace usher::addresses {
namespace {

using json::field;
using users::or_null;

constexpr json::Limits text_limits{.min = 1, .max = line_length_max, .check = problem_with_text};
constexpr json::Limits country_limits{
    .min = 2, .max = 2, .check = problem_with_country, .pattern = "^[A-Z]{2}$"
};
constexpr json::Limits pin_limits{.min = 0, .max = pin_max};

constexpr std::string_view label_doc = "What the user calls it.";
constexpr std::string_view line_1_doc = "House and street.";
constexpr std::string_view line_2_doc = "What does not fit the first line.";
constexpr std::string_view city_doc = "Town or city.";
constexpr std::string_view state_doc =
    "ISO 3166-2 code without the country, for India also OD and BH. Where ISO knows no subdivisions, any "
    "text.";
constexpr std::string_view country_doc = "ISO 3166-1 alpha-2.";
constexpr std::string_view pin_doc = "Postal code; in India six digits.";

constexpr std::array address_fields{
    field<&Address::id>("id", {.min = 1}, "Never given to another address.", "12"),
    field<&Address::user>("user_id", {.min = 1}, "Whose it is.", "7"),
    or_null(field<&Address::label>("label", text_limits, label_doc, R"("home")")),
    field<&Address::address_line_1>("address_line_1", text_limits, line_1_doc, R"("12 MG Road")"),
    or_null(field<&Address::address_line_2>("address_line_2", text_limits, line_2_doc, "null")),
    field<&Address::city>("city", text_limits, city_doc, R"("Bengaluru")"),
    field<&Address::state>("state", text_limits, state_doc, R"("KA")"),
    field<&Address::country>("country", country_limits, country_doc, R"("IN")"),
    field<&Address::pin>("pin", pin_limits, pin_doc, "560001"),
    field<&Address::created>("created_at", {}, "When it was added.", R"("2026-11-24T21:13:00Z")"),
    field<&Address::updated>("updated_at", {}, "When it last changed.", R"("2026-11-24T21:13:00Z")"),
};

constexpr std::array body_fields{
    field<&AddressBody::label>("label", text_limits, label_doc, R"("home")"),
    field<&AddressBody::address_line_1>("address_line_1", text_limits, line_1_doc, R"("12 MG Road")"),
    field<&AddressBody::address_line_2>("address_line_2", text_limits, line_2_doc, R"("2nd floor")"),
    field<&AddressBody::city>("city", text_limits, city_doc, R"("Bengaluru")"),
    field<&AddressBody::state>("state", text_limits, state_doc, R"("KA")"),
    field<&AddressBody::country>(
        "country", country_limits, "ISO 3166-1 alpha-2; IN when left out.", R"("IN")"
    ),
    field<&AddressBody::pin>("pin", pin_limits, pin_doc, "560001"),
};

constexpr std::array patch_fields{
    field<&Patch::label>("label", text_limits, label_doc, R"("home")"),
    field<&Patch::address_line_1>("address_line_1", text_limits, line_1_doc, R"("12 MG Road")"),
    field<&Patch::address_line_2>("address_line_2", text_limits, line_2_doc, "null"),
    field<&Patch::city>("city", text_limits, city_doc, R"("Bengaluru")"),
    field<&Patch::state>("state", text_limits, state_doc, R"("KA")"),
    field<&Patch::country>("country", country_limits, country_doc, R"("IN")"),
    field<&Patch::pin>("pin", pin_limits, pin_doc, "560001"),
};

constexpr json::Shape<Address> address_shape_here{"Address", address_fields, "A postal address of a user."};

constexpr std::array list_fields{
    field<&AddressList::addresses>("addresses", {}, "In the order added.", {}, address_shape_here),
};

/// What the shape could not see: what is wrong only beside another field. A field is not blamed twice.
void add_what_clashes(const Address& address, json::Draft<AddressBody>& read)
{
  if (!read.good("country")) {
    return;
  }
  for (FieldError& error : problems_with(address)) {
    if (read.good(error.field)) {
      read.wrong.push_back(std::move(error));
    }
  }
}

}  // namespace

constexpr json::Shape<Address> address_shape{address_shape_here};
constexpr json::Shape<AddressList> address_list_shape{"AddressList", list_fields};
constexpr json::Shape<AddressBody> address_body_shape{
    "AddressBody", body_fields, "A whole address, to add or to put in the place of another."
};
constexpr json::Shape<Patch> address_patch_shape{
    "AddressPatch", patch_fields, "A merge patch (RFC 7396): what is left out stays, null removes."
};

Result<Address> address_from_json(std::string_view body)
{
  USHER_TRY(json::Draft<AddressBody> read, json::draft(body, address_body_shape));
  AddressBody& given = read.value;
  Address address{
      .label = std::move(given.label).value_or(std::nullopt),
      .address_line_1 = std::move(given.address_line_1),
      .address_line_2 = std::move(given.address_line_2).value_or(std::nullopt),
      .city = std::move(given.city),
      .state = std::move(given.state),
      .country = std::move(given.country).value_or(std::string{default_country}),
      .pin = given.pin
  };
  add_what_clashes(address, read);
  if (!read.wrong.empty()) {
    return refuse_fields(std::move(read.wrong));
  }
  return address;
}

Result<Patch> patch_from_json(std::string_view body)
{
  return json::read(body, address_patch_shape);
}

std::string to_json(const Address& address)
{
  return json::text_of(address, address_shape);
}

}  // namespace usher::addresses
