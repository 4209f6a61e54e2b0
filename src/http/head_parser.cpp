#include "http/head_parser.hpp"

#include "http/head_fields.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>

namespace usher::http {
namespace {

namespace beast = boost::beast;
using beast::http::field;
using beast::http::verb;

std::string_view view(beast::string_view text)
{
  return {text.data(), text.size()};
}

Method method_of(verb known)
{
  switch (known) {
    case verb::get: return Method::get;
    case verb::head: return Method::head;
    case verb::post: return Method::post;
    case verb::put: return Method::put;
    case verb::patch: return Method::patch;
    case verb::delete_: return Method::del;
    case verb::options: return Method::options;
    default: return Method::other;
  }
}

/// Receives what Beast's parser finds, straight into the request. Beast 1.81 lets pass: unknown transfer
/// codings, Transfer-Encoding in HTTP/1.0, obs-fold (HeadScan refuses it), no or two Host, two Authorization,
/// "Content-Length: 5, 5". Those are refused here.
class Sink final : public beast::http::basic_parser<true> {
 public:
  Sink(const HeadLimits& limits, Request& request, Framing& framing)
      : limits_{limits}, request_{request}, framing_{framing}
  {
    skip(true);  // the head only; Receiver frames the body
    header_limit(static_cast<std::uint32_t>(limits.head_bytes_max));
  }

  Complaint complaint{};
  bool has_length{false};
  bool has_coding{false};
  bool has_host{false};

 private:
  void refuse(Complaint why, beast::error_code& failed)
  {
    complaint = why;
    failed = beast::http::error::bad_value;
  }

  void on_request_impl(
      verb known,
      beast::string_view /*method*/,
      beast::string_view target,
      int version,
      beast::error_code& failed
  ) override
  {
    request_.method = method_of(known);
    request_.target = view(target);
    framing_.http10 = version == 10;
    if (target.size() > limits_.target_bytes_max) {
      refuse({.refusal = &target_too_long}, failed);
    }
  }

  void on_field_impl(field known, beast::string_view name, beast::string_view raw, beast::error_code& failed)
      override
  {
    if (++count_ > limits_.header_count_max) {
      refuse({.refusal = &head_too_large}, failed);
      return;
    }
    if (const Complaint why = take(known, view(name), view(raw))) {
      refuse(why, failed);
    }
  }

  Complaint take(field known, std::string_view name, std::string_view value)
  {
    switch (known) {
      case field::host: return take_host(value);
      case field::content_length: return take_length(value);
      case field::transfer_encoding: return take_coding(value);
      case field::expect: return take_expectation(value);
      case field::authorization:
        return once(request_.authorization, value, "Authorization is sent more than once.");
      case field::content_type:
        return once(request_.content_type, value, "Content-Type is sent more than once.");
      case field::content_encoding: request_.content_encoding = value; return {};
      case field::if_match: return once(request_.if_match, value, "If-Match is sent more than once.");
      case field::if_none_match:
        return once(request_.if_none_match, value, "If-None-Match is sent more than once.");
      case field::origin: return once(request_.origin, value, "Origin is sent more than once.");
      case field::accept: return either(request_.accept, value);
      case field::accept_encoding: take_encodings(value); return {};
      case field::user_agent: request_.user_agent = value; return {};
      case field::access_control_request_method: request_.request_method = value; return {};
      case field::unknown: return take_unknown(name, value);
      default: return {};
    }
  }

  static Complaint once(std::string_view& slot, std::string_view value, std::string_view complaint_text)
  {
    if (slot.data() != nullptr) {
      return malformed(complaint_text);
    }
    slot = value;
    return {};
  }

  /// Accept may come in several lines; together they can only ask for more, so we take it as "anything".
  static Complaint either(std::string_view& slot, std::string_view value)
  {
    slot = slot.data() == nullptr ? value : std::string_view{"*/*"};
    return {};
  }

  /// Of Accept-Encoding in several lines we make nothing: the answer then is not compressed.
  void take_encodings(std::string_view value)
  {
    std::string_view& slot = request_.accept_encoding;
    slot = slot.data() == nullptr ? value : std::string_view{"identity"};
  }

  Complaint take_host(std::string_view value)
  {
    if (has_host) {
      return malformed("Host is sent more than once.");
    }
    has_host = true;
    request_.host = value;
    return is_host(value) ? Complaint{} : malformed("Host is not a host name with an optional port.");
  }

  Complaint take_length(std::string_view value)
  {
    const bool digits = std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
    if (has_length || value.empty() || value.size() > 19 || !digits) {
      return malformed("Content-Length is not one plain number.");
    }
    has_length = true;
    return {};
  }

  Complaint take_coding(std::string_view value)
  {
    if (has_coding || framing_.http10) {
      return malformed("Transfer-Encoding is sent twice, or in HTTP/1.0.");
    }
    has_coding = true;
    return equal_ignoring_case(value, "chunked") ? Complaint{} : Complaint{.refusal = &coding_unknown};
  }

  Complaint take_expectation(std::string_view value)
  {
    if (!equal_ignoring_case(value, "100-continue")) {
      return {.refusal = &expectation_unknown};
    }
    framing_.expects_continue = !framing_.http10;
    return {};
  }

  /// The few names that Beast has no number for. Spelt with underscores they are other fields, which we
  /// ignore.
  Complaint take_unknown(std::string_view name, std::string_view value)
  {
    if (equal_ignoring_case(name, "last-event-id")) {
      return once(request_.last_event_id, value, "Last-Event-ID is sent more than once.");
    }
    if (equal_ignoring_case(name, "x-request-id")) {
      request_.request_id = value;
    } else if (equal_ignoring_case(name, "x-forwarded-for")) {
      request_.forwarded_for = value;  // of several lines the last: the nearest proxy wrote it
    } else if (equal_ignoring_case(name, "x-forwarded-proto")) {
      request_.forwarded_proto = value;
    }
    return {};
  }

  void on_header_impl(beast::error_code& /*failed*/) override {}
  void on_response_impl(
      int /*code*/, beast::string_view /*reason*/, int /*version*/, beast::error_code& /*failed*/
  ) override
  {
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/, beast::error_code& /*failed*/)
      override
  {
  }
  std::size_t on_body_impl(beast::string_view /*body*/, beast::error_code& /*failed*/) override { return 0; }
  void on_chunk_header_impl(
      std::uint64_t /*size*/, beast::string_view /*extensions*/, beast::error_code& /*failed*/
  ) override
  {
  }
  std::size_t
  on_chunk_body_impl(std::uint64_t /*remain*/, beast::string_view /*body*/, beast::error_code& /*failed*/)
      override
  {
    return 0;
  }
  void on_finish_impl(beast::error_code& /*failed*/) override {}

  const HeadLimits& limits_;
  Request& request_;
  Framing& framing_;
  std::size_t count_{0};
};

Complaint complaint_about(const beast::error_code& failed)
{
  using beast::http::error;
  if (failed == error::bad_version) {
    return {.refusal = &version_not_supported};
  }
  if (failed == error::header_limit) {
    return {.refusal = &head_too_large};
  }
  if (failed == error::bad_method) {
    return malformed("The method is not a token followed by one space.");
  }
  if (failed == error::bad_target) {
    return malformed("The request target is empty or holds characters that a URI cannot hold.");
  }
  if (failed == error::bad_content_length || failed == error::multiple_content_length) {
    return malformed("Content-Length is not one plain number, or stands beside Transfer-Encoding.");
  }
  if (failed == error::bad_transfer_encoding) {
    return malformed("Transfer-Encoding is sent twice, or beside Content-Length.");
  }
  return malformed("A header line is not a token, a colon and a value.");
}

/// RFC 9112 3.2: origin-form, absolute-form (whose host must be the one in Host), or "*" for OPTIONS.
Complaint split_target(Request& request)
{
  std::string_view rest = request.target;
  if (rest.find('#') != std::string_view::npos) {
    return malformed("The request target holds a fragment.");
  }
  if (rest == "*" && request.method == Method::options) {
    request.path = rest;
    return {};
  }
  if (const auto scheme = rest.find("://"); !rest.starts_with('/') && scheme != std::string_view::npos) {
    const std::string_view name = rest.substr(0, scheme);
    rest.remove_prefix(scheme + 3);
    const std::string_view host = rest.substr(0, rest.find_first_of("/?"));
    rest.remove_prefix(host.size());
    const bool ours = equal_ignoring_case(name, "http") || equal_ignoring_case(name, "https");
    if (!ours || !equal_ignoring_case(host, request.host)) {
      return malformed("The target's scheme or host is not the one in Host.");
    }
    if (rest.empty()) {
      rest = "/";
    }
  }
  if (!rest.starts_with('/')) {
    return malformed("The request target does not begin with a slash.");
  }
  const auto mark = rest.find('?');
  request.path = rest.substr(0, mark);
  request.query = mark == std::string_view::npos ? std::string_view{} : rest.substr(mark + 1);
  return {};
}

}  // namespace

Complaint parse_head(std::string_view head, const HeadLimits& limits, Request& request, Framing& framing)
{
  Sink sink{limits, request, framing};
  beast::error_code failed;
  sink.put(boost::asio::const_buffer{head.data(), head.size()}, failed);
  if (sink.complaint) {
    return sink.complaint;
  }
  if (failed || !sink.is_done()) {
    return complaint_about(failed);
  }
  if (!framing.http10 && !sink.has_host) {
    return malformed("Host is missing.");
  }
  if (sink.has_length && sink.has_coding) {
    return malformed("Content-Length stands beside Transfer-Encoding.");
  }
  framing.content_length = sink.has_length ? sink.content_length().value_or(0) : 0;
  framing.chunked = sink.has_coding;
  framing.keep_alive = sink.keep_alive();
  return split_target(request);
}

}  // namespace usher::http
