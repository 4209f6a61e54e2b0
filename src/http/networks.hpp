#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace usher::http {

/// An IP address as 16 bytes; IPv4 as ::ffff:a.b.c.d, so that both spellings are one client.
using Address = std::array<unsigned char, 16>;

std::optional<Address> parse_address(std::string_view text);

/// Writes into `out` (48 bytes do); IPv4 in dots.
std::string_view text_of(const Address& address, std::span<char> out);

/// A set of addresses and CIDR networks, such as http.trusted_proxies.
class Networks {
 public:
  Networks() = default;

  /// Throws Fault naming `setting` and the entry that is neither an address nor a network.
  Networks(const std::vector<std::string>& entries, std::string_view setting);

  bool contains(const Address& address) const;

 private:
  struct Network {
    Address address;
    std::size_t bits;
  };
  std::vector<Network> networks_;
};

/// Who the client is: the peer, unless that is a trusted proxy; then the rightmost address of X-Forwarded-For
/// that is no trusted proxy. What stands left of it anybody may have written.
Address client_address(const Address& peer, std::string_view forwarded_for, const Networks& trusted);

}  // namespace usher::http
