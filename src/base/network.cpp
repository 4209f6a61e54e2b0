#include "base/network.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace usher {
namespace {

constexpr unsigned bits_all = 128;
constexpr unsigned bits_before_v4 = 96;
constexpr std::array<std::uint8_t, 12> v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::optional<unsigned> number_up_to(std::string_view text, unsigned max)
{
  unsigned number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, failed] = std::from_chars(text.begin(), end, number);
  const bool good = !text.empty() && failed == std::errc{} && stopped == end && number <= max;
  return good ? std::optional{number} : std::nullopt;
}

}  // namespace

bool IpAddress::is_v4() const noexcept
{
  return std::equal(v4_prefix.begin(), v4_prefix.end(), bytes.begin());
}

IpAddress IpAddress::network(unsigned bits) const noexcept
{
  IpAddress first = *this;
  for (unsigned i = 0; i < first.bytes.size(); ++i) {
    const unsigned kept = std::clamp(bits, 8 * i, 8 * (i + 1)) - (8 * i);
    first.bytes.at(i) &= static_cast<std::uint8_t>(0xff00U >> kept);
  }
  return first;
}

std::optional<IpAddress> parse_ip(std::string_view text)
{
  const std::size_t zone = text.find('%');
  if (text.size() > INET6_ADDRSTRLEN + std::size_t{16} || text.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  const std::string zero_terminated{text.substr(0, zone)};
  IpAddress ip;
  if (inet_pton(AF_INET6, zero_terminated.c_str(), ip.bytes.data()) == 1) {
    return ip;
  }
  std::ranges::copy(v4_prefix, ip.bytes.begin());
  if (zone == std::string_view::npos &&
      inet_pton(AF_INET, zero_terminated.c_str(), ip.bytes.data() + v4_prefix.size()) == 1) {
    return ip;
  }
  return std::nullopt;
}

std::optional<NetworkSet> NetworkSet::parse(std::span<const std::string> networks)
{
  NetworkSet set;
  for (const std::string_view text : networks) {
    const std::size_t slash = text.find('/');
    const auto ip = parse_ip(text.substr(0, slash));
    if (!ip) {
      return std::nullopt;
    }
    const bool dotted = text.find(':') == std::string_view::npos;
    const unsigned before = dotted ? bits_before_v4 : 0;
    const auto bits = slash == std::string_view::npos
                          ? bits_all - before
                          : number_up_to(text.substr(slash + 1), bits_all - before);
    if (!bits) {
      return std::nullopt;
    }
    set.networks_.push_back({.first = ip->network(before + *bits), .bits = before + *bits});
  }
  return set;
}

bool NetworkSet::contains(std::string_view ip) const
{
  const auto parsed = networks_.empty() ? std::nullopt : parse_ip(ip);
  return parsed && contains(*parsed);
}

bool NetworkSet::contains(const IpAddress& ip) const noexcept
{
  return std::ranges::any_of(networks_, [&](const Network& network) {
    return (!ip.is_v4() || network.bits >= bits_before_v4) && ip.network(network.bits) == network.first;
  });
}

}  // namespace usher
