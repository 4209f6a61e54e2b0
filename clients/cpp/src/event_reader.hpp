#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace usher::verify {

struct Event {
  std::string name;  ///< `event:`; "message" when the stream does not say
  std::string data;
};

/// Server-sent events out of bytes that come in any pieces (HTML Living Standard, section 9.2.6). `id:` and
/// `retry:` are not read: what a statement says of itself is signed, what stands around it is not.
class EventReader {
 public:
  explicit EventReader(std::size_t bytes_max) : bytes_max_{bytes_max} {}

  /// The events that these bytes complete. An event beyond `bytes_max` ends the reading: see is_broken().
  std::vector<Event> feed(std::string_view bytes);
  bool is_broken() const noexcept { return broken_; }

 private:
  void end_line(std::vector<Event>& out);

  std::size_t bytes_max_;
  std::string line_;
  Event event_;
  bool has_data_{false};
  bool after_cr_{false};
  bool at_start_{true};
  bool broken_{false};
};

}  // namespace usher::verify
