#include "http/head_scan.hpp"

namespace usher::http {
namespace {

// Both loops have no branch inside, so that the compiler turns them into vector code.
bool has_control(std::string_view bytes)
{
  unsigned found = 0;
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    found |= static_cast<unsigned>(value < 0x20) & static_cast<unsigned>(value != '\t');
    found |= static_cast<unsigned>(value == 0x7F);
  }
  return found != 0;
}

bool has_invisible(std::string_view bytes)
{
  unsigned found = 0;
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    found |= static_cast<unsigned>(value < 0x20) | static_cast<unsigned>(value > 0x7E);
  }
  return found != 0;
}

}  // namespace

HeadScan::State HeadScan::look(std::string_view message)
{
  while (true) {
    const std::size_t end = message.find('\n', seen_);
    if (end == std::string_view::npos) {
      return partial_line(message);
    }
    if (end == line_ || message[end - 1] != '\r') {
      return refuse("A line ends in a bare LF.");
    }
    const std::string_view line = message.substr(line_, end - 1 - line_);
    const std::size_t fresh_from = seen_ < end ? seen_ : end - 1;
    const State state = whole_line(line, message.substr(fresh_from, end - 1 - fresh_from));
    if (state == State::malformed) {
      return state;
    }
    line_ = seen_ = end + 1;
    first_ = false;
    if (state == State::complete) {
      return state;
    }
  }
}

HeadScan::State HeadScan::refuse(std::string_view why)
{
  complaint_ = why;
  return State::malformed;
}

/// `fresh` is the part of `line` that has not been looked at yet.
HeadScan::State HeadScan::whole_line(std::string_view line, std::string_view fresh)
{
  if (line.empty()) {
    return first_ ? refuse("The request line is empty.") : State::complete;
  }
  if (first_) {
    return has_invisible(fresh) ? refuse("The request line holds bytes that are not visible ASCII.")
                                : State::incomplete;
  }
  if (line.front() == ' ' || line.front() == '\t') {
    return refuse("A header line begins with white space (line folding is obsolete).");
  }
  return has_control(fresh) ? refuse("A header line holds a control character.") : State::incomplete;
}

HeadScan::State HeadScan::partial_line(std::string_view message)
{
  std::string_view fresh = message.substr(seen_);
  if (!fresh.empty() && fresh.back() == '\r') {  // its LF may still be on the way
    fresh.remove_suffix(1);
  }
  if (first_ ? has_invisible(fresh) : has_control(fresh)) {
    return refuse("The head holds a control character or a bare CR.");
  }
  seen_ += fresh.size();
  return State::incomplete;
}

}  // namespace usher::http
