#include "json/level.hpp"

#include "json/limits.hpp"

namespace usher::json {

bool is_list(const Level& level)
{
  return level.shape == nullptr;
}

Type expected(const Level& level)
{
  if (!is_list(level)) {
    return level.field->type;
  }
  return level.field->element == nullptr ? Type::text : Type::object;
}

std::size_t place_of(std::string_view name, const Level& level)
{
  const auto fields = level.shape->fields;
  std::size_t place = level.next;
  for (std::size_t tries = 0; tries < fields.size(); ++tries, ++place) {
    if (place >= fields.size()) {
      place = 0;
    }
    if (fields[place].name == name && fields[place].readable()) {
      return place;
    }
  }
  return fields.size();
}

std::string shortened(std::string_view name)
{
  if (name.size() <= name_bytes_max) {
    return std::string{name};
  }
  std::size_t end = name_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  return std::string{name.substr(0, end)} + "...";
}

}  // namespace usher::json
