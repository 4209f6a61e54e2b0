#include "http/listen.hpp"

#include "base/fault.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/v6_only.hpp>

#include <charconv>
#include <cstdint>

namespace usher::http {
namespace {

[[noreturn]] void fail(std::string_view text)
{
  throw Fault{
      "http.listen: \"" + std::string{text} +
      "\" is not an address and port such as 127.0.0.1:8080 or [::1]:8080"
  };
}

}  // namespace

Endpoint parse_endpoint(std::string_view text)
{
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    fail(text);
  }
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (wrong != std::errc{} || end != digits.data() + digits.size()) {
    fail(text);
  }
  std::string host{text.substr(0, colon)};
  if (host.empty() || host == "*") {
    host = "::";
  } else if (host == "localhost") {
    host = "127.0.0.1";
  } else if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos) {
    fail(text);
  }
  boost::system::error_code failed;
  const auto address = boost::asio::ip::make_address(host, failed);
  if (failed) {
    fail(text);
  }
  return {address, port};
}

void check_free(const Endpoint& endpoint)
{
  if (endpoint.port() == 0) {
    return;
  }
  boost::asio::io_context io;
  boost::asio::ip::tcp::acceptor probe{io};
  boost::system::error_code failed;
  probe.open(endpoint.protocol(), failed);
  probe.set_option(boost::asio::socket_base::reuse_address{true}, failed);
  if (endpoint.address().is_v6()) {
    probe.set_option(boost::asio::ip::v6_only{!endpoint.address().is_unspecified()}, failed);
  }
  probe.bind(endpoint, failed);
  if (failed) {
    throw Fault{
        "http.listen: cannot listen on " + url_of(endpoint, false).substr(7) + ": " + failed.message() +
        "; choose another with --listen, or stop what listens there"
    };
  }
}

std::string url_of(const Endpoint& endpoint, bool tls)
{
  const std::string address = endpoint.address().to_string();
  const std::string host = endpoint.address().is_v6() ? "[" + address + "]" : address;
  return (tls ? "https://" : "http://") + host + ":" + std::to_string(endpoint.port());
}

}  // namespace usher::http
