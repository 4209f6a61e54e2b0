#include "passwords/formats.hpp"

#include "base/result.hpp"
#include "passwords/argon2.hpp"
#include "passwords/crypt.hpp"
#include "passwords/framework.hpp"

#include <cstdint>

/// Whatever a stored hash says, reading it is safe and names one verifier; nothing is computed here.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  using namespace usher::passwords;
  const std::string_view stored{reinterpret_cast<const char*>(data), size};
  const auto format = format_of(stored, {});
  USHER_ASSERT(known_format(stored) == format.has_value());
  USHER_ASSERT(!format || (size <= stored_bytes_max && stored.find('\0') == std::string_view::npos));
  const int readers = static_cast<int>(argon2_cost(stored).has_value()) + static_cast<int>(is_crypt(stored)) +
                      static_cast<int>(read_derived(stored).has_value());
  USHER_ASSERT(readers <= 1);
  return 0;
}
