#pragma once

#include "http/refusals.hpp"
#include "http/request.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace usher::http {

struct HeadLimits {
  std::size_t head_bytes_max;
  std::size_t header_count_max;
  std::size_t target_bytes_max;
};

/// How a message is framed, and what the connection has to know about it.
struct Framing {
  std::uint64_t content_length{0};
  bool chunked{false};
  bool keep_alive{false};
  bool http10{false};
  bool expects_continue{false};
};

/// Parses a whole head (blank line included) that HeadScan has passed. Fills the views of `request` into
/// `head`, and `framing`. Refuses everything that two HTTP implementations might read differently.
Complaint parse_head(std::string_view head, const HeadLimits& limits, Request& request, Framing& framing);

}  // namespace usher::http
