#include "base/result.hpp"
#include "text/email.hpp"
#include "text/unicode.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

/// A key is its own key, is one address, and holds on its right nothing but a host name; folding is stable.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  using namespace usher::text;
  const std::string_view input{reinterpret_cast<const char*>(data), size};
  const bool valid = is_utf8(input);
  USHER_ASSERT(is_utf8(cut(input, size / 2)) && cut(input, size / 2).size() <= size / 2);
  USHER_ASSERT(!valid || cut(input, size) == input);
  const auto key = email_key(input);
  if (key) {
    USHER_ASSERT(valid && email_key(*key) == key && key->size() <= 254);
    USHER_ASSERT(std::ranges::count(*key, '@') == 1);
  }
  USHER_ASSERT(valid || !problem_with_line(input).empty());
  if (valid) {
    USHER_ASSERT(folded(folded(input)) == folded(input));
    USHER_ASSERT(nfc(nfc(input)) == nfc(input));
  }
  return 0;
}
