#include "http/form.hpp"

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

/// A form that passes has each name once, and every value is found by its name; what is decoded is never
/// longer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  using namespace usher::http;
  const std::string_view input{reinterpret_cast<const char*>(data), size};
  const auto decoded = form_decoded(input);
  USHER_ASSERT(!decoded || decoded->size() <= size);
  USHER_ASSERT(decoded || input.find('%') != std::string_view::npos);
  if (!check_form(input)) {
    (void)form_value(input, "token");
    return 0;
  }
  std::size_t parameters = 0;
  for (std::string_view rest = input; !rest.empty();) {
    const FormParameter next = next_parameter(rest);
    if (next.name.empty() && next.value.empty()) {
      continue;
    }
    ++parameters;
    const auto name = form_decoded(next.name);
    const auto value = form_decoded(next.value);
    USHER_ASSERT(name && value);
    const auto found = form_value(input, *name);
    USHER_ASSERT(name->empty() || (value->empty() ? !found : found == value));
  }
  USHER_ASSERT(parameters <= form_parameters_max);
  return 0;
}
