#include "http/receiver.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

// The first byte says how the rest is cut into pieces; the rest goes through scan, parser and body framing as
// a connection's bytes would. What comes out must stay within what came in and within the limits.

namespace {

using namespace usher::http;

constexpr ReceiverLimits limits{
    .head = {.head_bytes_max = 2048, .header_count_max = 20, .target_bytes_max = 512},
    .body_bytes_max = 4096,
};

bool lies_within(std::string_view part, const Block& block)
{
  return part.empty() ||
         (part.data() >= block.in.get() && part.data() + part.size() <= block.in.get() + block.in_capacity);
}

void check(const Block& block)
{
  const Request& request = block.request;
  const bool good = request.body.size() <= limits.body_bytes_max && lies_within(request.body, block) &&
                    lies_within(request.target, block) && lies_within(request.host, block) &&
                    lies_within(request.authorization, block) && !request.path.empty();
  if (!good) {
    __builtin_trap();
  }
}

/// False when the connection would be closed.
bool drive(Receiver& receiver, Block& block)
{
  while (!receiver.empty()) {
    switch (receiver.look(block)) {
      case Receiver::State::need_more:
      case Receiver::State::continue_expected: return true;
      case Receiver::State::refused: return false;
      case Receiver::State::ready: check(block); receiver.done(block);
    }
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  if (size == 0) {
    return 0;
  }
  const std::size_t piece = data[0] == 0 ? size : data[0];
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libFuzzer counts in unsigned bytes
  std::string_view bytes{reinterpret_cast<const char*>(data + 1), size - 1};
  Receiver receiver{limits};
  Block block;
  while (!bytes.empty()) {
    const auto space = receiver.space(block);
    const std::size_t count = std::min({piece, bytes.size(), space.size()});
    std::ranges::copy(bytes.substr(0, count), space.begin());
    receiver.received(count);
    bytes.remove_prefix(count);
    if (!drive(receiver, block)) {
      break;
    }
  }
  return 0;
}
