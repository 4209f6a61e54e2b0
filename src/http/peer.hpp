#pragma once

#include "http/block.hpp"
#include "http/deadlines.hpp"
#include "http/networks.hpp"
#include "http/request_ids.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace usher::http {

/// Who is at the other end of a connection.
class Peer {
 public:
  Peer(const boost::asio::ip::tcp::endpoint& endpoint, const Networks& trusted);

  /// Fills in who asks, by which name the request goes, and whether it came over TLS. Only a trusted proxy's
  /// headers have a say in it. `block.request.secure` is set by the caller to what the connection itself is.
  void identify(Block& block, const Networks& trusted, RequestIds& ids) const;

 private:
  Address address_{};
  std::array<char, 48> text_{};
  std::size_t text_size_{0};
  bool trusted_{false};
};

}  // namespace usher::http
