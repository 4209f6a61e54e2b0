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
  std::array<unsigned char, 2 * sizeof(std::uint64_t)> random{};
  fill(random);
  Uuid uuid;
  std::memcpy(&uuid.high, random.data(), sizeof uuid.high);
  std::memcpy(&uuid.low, random.data() + sizeof uuid.high, sizeof uuid.low);

  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
  // RFC 9562 section 5.7: 48 bits of time, version 7, 12 random bits; variant 10, 62 random bits.
  uuid.high = (static_cast<std::uint64_t>(milliseconds) << 16U) | 0x7000U | (uuid.high & 0x0FFFU);
  uuid.low = (uuid.low >> 2U) | (std::uint64_t{1} << 63U);
  return uuid;
}

}  // namespace usher::crypto
