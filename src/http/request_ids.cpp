#include "http/request_ids.hpp"

#include <algorithm>
#include <random>
#include <ranges>

namespace usher::http {
namespace {

constexpr std::string_view hex = "0123456789abcdef";

void write_hex(std::uint64_t value, std::span<char> out)
{
  for (char& digit : std::views::reverse(out)) {
    digit = hex[value & 0xFU];
    value >>= 4;
  }
}

}  // namespace

RequestIds::RequestIds()
{
  std::random_device random;
  write_hex((std::uint64_t{random()} << 32) | random(), prefix_);
}

std::string_view RequestIds::next(std::span<char> out)
{
  std::ranges::copy(prefix_, out.begin());
  write_hex(++counter_, out.subspan(prefix_.size(), size - prefix_.size()));
  return {out.data(), size};
}

bool is_request_id(std::string_view text)
{
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || c == '.' || c == '_' || c == '-';
  });
}

}  // namespace usher::http
