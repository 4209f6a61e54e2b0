#include "http/networks.hpp"

#include "base/fault.hpp"
#include "http/head_fields.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace usher::http {
namespace {

constexpr Address mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr std::size_t prefix_size = 12;

bool is_ipv4(const Address& address)
{
  return std::equal(mapped_prefix.begin(), mapped_prefix.begin() + prefix_size, address.begin());
}

bool same_bits(const Address& a, const Address& b, std::size_t bits)
{
  const std::size_t whole = bits / 8;
  if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin())) {
    return false;
  }
  const std::size_t rest = bits % 8;
  return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

/// Proxies write "1.2.3.4", "1.2.3.4:567", "2001:db8::1" or "[2001:db8::1]:567".
std::optional<Address> parse_hop(std::string_view hop)
{
  if (hop.starts_with('[')) {
    const auto end = hop.find(']');
    return end == std::string_view::npos ? std::nullopt : parse_address(hop.substr(1, end - 1));
  }
  if (std::ranges::count(hop, ':') == 1) {
    hop = hop.substr(0, hop.find(':'));
  }
  return parse_address(hop);
}

}  // namespace

std::optional<Address> parse_address(std::string_view text)
{
  std::array<char, INET6_ADDRSTRLEN> copy{};
  if (text.size() >= copy.size()) {
    return std::nullopt;
  }
  std::ranges::copy(text, copy.begin());
  Address address{};
  if (inet_pton(AF_INET6, copy.data(), address.data()) == 1) {
    return address;
  }
  address = mapped_prefix;
  if (inet_pton(AF_INET, copy.data(), address.data() + prefix_size) == 1) {
    return address;
  }
  return std::nullopt;
}

std::string_view text_of(const Address& address, std::span<char> out)
{
  const bool ipv4 = is_ipv4(address);
  const void* const from = ipv4 ? address.data() + prefix_size : address.data();
  const char* const text =
      inet_ntop(ipv4 ? AF_INET : AF_INET6, from, out.data(), static_cast<socklen_t>(out.size()));
  return text == nullptr ? std::string_view{} : std::string_view{text, std::strlen(text)};
}

Networks::Networks(const std::vector<std::string>& entries, std::string_view setting)
{
  for (const std::string& entry : entries) {
    const std::string_view text{entry};
    const auto slash = text.find('/');
    const auto address = parse_address(text.substr(0, slash));
    std::size_t bits = 128;
    bool good = address.has_value();
    if (good && slash != std::string_view::npos) {
      const std::string_view digits = text.substr(slash + 1);
      const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
      bits += is_ipv4(*address) ? prefix_size * 8 : 0;
      good = failed == std::errc{} && end == digits.data() + digits.size() && bits <= 128;
    }
    if (!good) {
      throw Fault{
          std::string{setting} + ": \"" + entry + "\" is not an IP address or a network such as 10.0.0.0/8"
      };
    }
    networks_.push_back({.address = *address, .bits = bits});
  }
}

bool Networks::contains(const Address& address) const
{
  return std::ranges::any_of(networks_, [&](const Network& network) {
    return same_bits(network.address, address, network.bits);
  });
}

Address client_address(const Address& peer, std::string_view forwarded_for, const Networks& trusted)
{
  Address nearest = peer;
  while (trusted.contains(nearest) && !forwarded_for.empty()) {
    const auto comma = forwarded_for.rfind(',');
    const bool last = comma == std::string_view::npos;
    const auto hop = parse_hop(trimmed(last ? forwarded_for : forwarded_for.substr(comma + 1)));
    if (!hop) {
      break;
    }
    nearest = *hop;
    forwarded_for = last ? std::string_view{} : forwarded_for.substr(0, comma);
  }
  return nearest;
}

}  // namespace usher::http
