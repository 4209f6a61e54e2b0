#include "http/form.hpp"

#include <boost/url/pct_string_view.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace usher::http {

std::optional<std::string> form_decoded(std::string_view text)
{
  const auto checked = boost::urls::make_pct_string_view({text.data(), text.size()});
  if (!checked) {
    return std::nullopt;
  }
  boost::urls::encoding_opts plus_is_space;
  plus_is_space.space_as_plus = true;
  return checked->decode(plus_is_space);
}

FormParameter next_parameter(std::string_view& form)
{
  const auto end = std::min(form.find('&'), form.size());
  const std::string_view pair = form.substr(0, end);
  form.remove_prefix(std::min(end + 1, form.size()));
  const auto equals = std::min(pair.find('='), pair.size());
  return {.name = pair.substr(0, equals), .value = pair.substr(std::min(equals + 1, pair.size()))};
}

Result<Done> check_form(std::string_view form)
{
  std::vector<std::string> names;
  while (!form.empty()) {
    const FormParameter next = next_parameter(form);
    if (next.name.empty() && next.value.empty()) {
      continue;
    }
    std::optional<std::string> name = form_decoded(next.name);
    if (!name || !form_decoded(next.value)) {
      return refuse(invalid_request, "The form is not well encoded.");
    }
    if (std::ranges::find(names, *name) != names.end()) {
      return refuse(invalid_request, "The form holds a parameter more than once.");
    }
    if (names.size() == form_parameters_max) {
      return refuse(invalid_request, "The form holds too many parameters.");
    }
    names.push_back(*std::move(name));
  }
  return Done{};
}

std::optional<std::string> form_value(std::string_view form, std::string_view name)
{
  while (!form.empty()) {
    const FormParameter next = next_parameter(form);
    if (form_decoded(next.name) == name) {
      std::optional<std::string> value = form_decoded(next.value);
      return value && !value->empty() ? std::move(value) : std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace usher::http
