#include "crypto/random.hpp"

#include "base/fault.hpp"
#include "crypto/base64url.hpp"
#include "crypto/digest.hpp"
#include "crypto/openssl.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <span>

namespace usher::crypto {
namespace {

/// One getrandom(2) serves some dozen ids. What was handed out is wiped.
class RandomBuffer {
 public:
  void take(std::span<unsigned char> out)
  {
    if (out.size() > bytes_.size()) {
      randombytes_buf(out.data(), out.size());
      return;
    }
    if (out.size() > bytes_.size() - used_) {
      randombytes_buf(bytes_.data(), bytes_.size());
      used_ = 0;
    }
    const std::span<unsigned char> next = std::span{bytes_}.subspan(used_, out.size());
    std::ranges::copy(next, out.begin());
    sodium_memzero(next.data(), next.size());
    used_ += out.size();
  }

 private:
  std::array<unsigned char, 512> bytes_{};
  std::size_t used_{bytes_.size()};
};

void fill(std::span<unsigned char> out)
{
  thread_local RandomBuffer buffer;
  buffer.take(out);
}

}  // namespace

void start()
{
  if (sodium_init() < 0) {
    throw Fault{"libsodium cannot start"};
  }
  sha256({});  // fetches the algorithm, so that no request pays for it
}

std::string random_bytes(std::size_t count)
{
  std::string bytes(count, '\0');
  fill({octets(bytes), bytes.size()});
  return bytes;
}

std::string random_token(std::size_t bytes)
{
  return base64url(random_bytes(bytes));
}

Uuid make_uuid7()
{
  constexpr std::uint64_t ns_per_ms = 1'000'000;
  std::array<unsigned char, sizeof(std::uint64_t)> random{};
  fill(random);
  std::uint64_t low = 0;
  std::memcpy(&low, random.data(), sizeof low);

  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  const auto now_ns =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count());
  // RFC 9562 section 5.7: 48 bits of milliseconds, version 7; section 6.2 method 3: the next 12 bits are the
  // fraction of the millisecond, so that ids sort as they were made; variant 10, 62 random bits.
  const std::uint64_t fraction = (now_ns % ns_per_ms) * 4096 / ns_per_ms;
  return {
      .high = ((now_ns / ns_per_ms) << 16U) | 0x7000U | fraction,
      .low = (low >> 2U) | (std::uint64_t{1} << 63U)
  };
}

}  // namespace usher::crypto
