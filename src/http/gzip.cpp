#include "http/gzip.hpp"

#include "base/fault.hpp"
#include "base/result.hpp"
#include "http/head_fields.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <optional>

namespace usher::http {
namespace {

constexpr int window_bits = 15 + 16;  // the largest window, in gzip's wrapping
constexpr int memory_level = 8;       // zlib's own default

bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

/// A quality value in thousandths (RFC 9110 12.4.2); nothing when it is none.
std::optional<int> thousandths(std::string_view text)
{
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1') ||
      (text.size() > 1 && text[1] != '.')) {
    return std::nullopt;
  }
  int value = text[0] - '0';
  for (std::size_t at = 2; at < 5; ++at) {
    if (at < text.size() && !is_digit(text[at])) {
      return std::nullopt;
    }
    value = value * 10 + (at < text.size() ? text[at] - '0' : 0);
  }
  return value <= 1000 ? std::optional{value} : std::nullopt;
}

/// What stands behind the ";" of one element: its weight. What cannot be read weighs nothing.
int weight_of(std::string_view parameters)
{
  const std::string_view parameter = trimmed(parameters);
  if (parameter.empty()) {
    return 1000;
  }
  const bool is_weight = parameter.size() > 2 && equal_ignoring_case(parameter.substr(0, 2), "q=");
  return is_weight ? thousandths(parameter.substr(2)).value_or(0) : 0;
}

}  // namespace

bool accepts_gzip(std::string_view accept_encoding)
{
  std::optional<int> gzip_weight;
  std::optional<int> rest_weight;
  int identity_weight = 0;
  while (!accept_encoding.empty()) {
    const std::string_view element = next_element(accept_encoding);
    const auto semicolon = std::min(element.find(';'), element.size());
    const std::string_view coding = trimmed(element.substr(0, semicolon));
    const int weight = weight_of(element.substr(std::min(semicolon + 1, element.size())));
    if (equal_ignoring_case(coding, "gzip") || equal_ignoring_case(coding, "x-gzip")) {
      gzip_weight = std::max(gzip_weight.value_or(0), weight);
    } else if (coding == "*") {
      rest_weight = weight;
    } else if (equal_ignoring_case(coding, "identity")) {
      identity_weight = weight;
    }
  }
  const int weight = gzip_weight.value_or(rest_weight.value_or(0));
  return weight > 0 && weight >= identity_weight;
}

std::string gzip(std::string_view bytes)
{
  USHER_ASSERT(bytes.size() <= std::numeric_limits<uInt>::max());
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, window_bits, memory_level, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    throw Fault{"no memory to compress an answer"};
  }
  const auto end = [](z_stream* one) { deflateEnd(one); };
  const std::unique_ptr<z_stream, decltype(end)> ended{&stream, end};
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  // NOLINTBEGIN(*-reinterpret-cast,*-const-cast): zlib's bytes are unsigned, and its input is not const
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  // NOLINTEND(*-reinterpret-cast,*-const-cast)
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.avail_out = static_cast<uInt>(out.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) {
    throw Fault{"an answer could not be compressed"};
  }
  out.resize(stream.total_out);
  return out;
}

}  // namespace usher::http
