#include "http/peer.hpp"

#include "http/head_fields.hpp"

#include <algorithm>

namespace usher::http {
namespace {

bool says_https(std::string_view forwarded_proto)
{
  const auto comma = forwarded_proto.rfind(',');
  const std::string_view nearest =
      comma == std::string_view::npos ? forwarded_proto : forwarded_proto.substr(comma + 1);
  return equal_ignoring_case(trimmed(nearest), "https");
}

}  // namespace

Peer::Peer(const boost::asio::ip::tcp::endpoint& endpoint, const Networks& trusted)
{
  if (endpoint.address().is_v4()) {
    address_[10] = address_[11] = 0xFF;  // ::ffff:0:0/96
    std::ranges::copy(endpoint.address().to_v4().to_bytes(), address_.begin() + 12);
  } else {
    std::ranges::copy(endpoint.address().to_v6().to_bytes(), address_.begin());
  }
  text_size_ = text_of(address_, text_).size();
  trusted_ = trusted.contains(address_);
}

void Peer::identify(Block& block, const Networks& trusted, RequestIds& ids) const
{
  Request& request = block.request;
  request.address = {text_.data(), text_size_};
  if (!trusted_ || !is_request_id(request.request_id)) {
    request.request_id = ids.next(block.notes.request_id);
  }
  if (!trusted_) {
    return;
  }
  if (!request.forwarded_for.empty()) {
    request.address = text_of(client_address(address_, request.forwarded_for, trusted), block.notes.address);
  }
  request.secure = request.secure || says_https(request.forwarded_proto);
}

}  // namespace usher::http
