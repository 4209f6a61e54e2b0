#include "event_reader.hpp"

#include <utility>

namespace usher::verify {

std::vector<Event> EventReader::feed(std::string_view bytes)
{
  std::vector<Event> out;
  while (!bytes.empty() && !broken_) {
    if (std::exchange(after_cr_, false) && bytes.front() == '\n') {
      bytes.remove_prefix(1);
      continue;
    }
    const std::size_t end = bytes.find_first_of("\r\n");
    const std::string_view part = bytes.substr(0, end);
    broken_ = line_.size() + event_.data.size() + part.size() > bytes_max_;
    if (broken_) {
      break;
    }
    line_ += part;
    if (end == std::string_view::npos) {
      break;
    }
    after_cr_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    end_line(out);
  }
  return out;
}

void EventReader::end_line(std::vector<Event>& out)
{
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  std::string_view line = line_;
  if (std::exchange(at_start_, false) && line.starts_with(byte_order_mark)) {
    line.remove_prefix(byte_order_mark.size());
  }
  if (line.empty()) {
    if (std::exchange(has_data_, false)) {
      event_.name = event_.name.empty() ? "message" : event_.name;
      out.push_back(std::move(event_));
    }
    event_ = {};
    line_.clear();
    return;
  }
  const std::size_t colon = line.find(':');
  const std::string_view field = line.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1);
  if (value.starts_with(' ')) {
    value.remove_prefix(1);
  }
  if (field == "event") {
    event_.name = value;
  } else if (field == "data") {
    event_.data.append(has_data_ ? "\n" : "").append(value);
    has_data_ = true;
  }
  line_.clear();
}

}  // namespace usher::verify
