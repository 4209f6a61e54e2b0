#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace usher {

/// An IP address; IPv4 is kept as IPv4-mapped IPv6 (RFC 4291 section 2.5.5.2), so that 192.0.2.1 and
/// ::ffff:192.0.2.1 are the same address.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

  bool is_v4() const noexcept;
  /// The first `bits` bits of all 128, the rest zero.
  IpAddress network(unsigned bits) const noexcept;
};

/// Strict: dotted quad or RFC 4291 text; a zone ("%eth0") is dropped, brackets and ports are not understood.
std::optional<IpAddress> parse_ip(std::string_view text);

/// Addresses and CIDR networks to look an address up in. Immutable; any thread.
class NetworkSet {
 public:
  NetworkSet() = default;
  /// Nothing when one of them is neither an address nor a network such as 10.0.0.0/8 or fd00::/8.
  static std::optional<NetworkSet> parse(std::span<const std::string> networks);

  /// False for what is no address. An IPv4 address is never in a network of IPv6, such as ::/0.
  bool contains(std::string_view ip) const;
  bool contains(const IpAddress& ip) const noexcept;

  bool empty() const noexcept { return networks_.empty(); }

 private:
  struct Network {
    IpAddress first{};
    unsigned bits{0};  ///< of 128
  };

  std::vector<Network> networks_;
};

}  // namespace usher
