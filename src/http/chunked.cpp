#include "http/chunked.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace usher::http {
namespace {

constexpr std::string_view separators = "\"(),/:;<=>?@[\\]{} \t";

bool is_token_letter(char letter)
{
  const auto value = static_cast<unsigned char>(letter);
  return value > 0x20 && value < 0x7F && separators.find(letter) == std::string_view::npos;
}

std::size_t token_length(std::string_view text)
{
  return static_cast<std::size_t>(std::ranges::find_if_not(text, is_token_letter) - text.begin());
}

/// The length of the quoted string that `text` begins with; 0 when it is none (RFC 9110 5.6.4).
std::size_t quoted_length(std::string_view text)
{
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '"') {
      return at + 1;
    }
    if (text[at] == '\\') {
      ++at;
    }
  }
  return 0;
}

/// *( ";" token [ "=" ( token / quoted-string ) ] ), without the white space that RFC 9112 7.1.1 calls "bad".
bool are_extensions(std::string_view text)
{
  while (!text.empty()) {
    const std::size_t name = text.front() == ';' ? token_length(text.substr(1)) : 0;
    if (name == 0) {
      return false;
    }
    text.remove_prefix(1 + name);
    if (!text.starts_with('=')) {
      continue;
    }
    text.remove_prefix(1);
    const std::size_t value = text.starts_with('"') ? quoted_length(text) : token_length(text);
    if (value == 0) {
      return false;
    }
    text.remove_prefix(value);
  }
  return true;
}

bool has_control(std::string_view line)
{
  return std::ranges::any_of(line, [](char letter) {
    const auto value = static_cast<unsigned char>(letter);
    return (value < 0x20 && letter != '\t') || value == 0x7F;
  });
}

}  // namespace

Chunked::Step Chunked::decode(std::string_view input, char* out, std::size_t body_bytes_left)
{
  std::string_view rest = input;
  std::size_t produced = 0;
  State state = State::need_more;
  while (state == State::need_more && !rest.empty()) {
    if (expect_ != Expect::data) {
      const std::size_t before = rest.size();
      state = take_line(rest);
      if (rest.size() == before) {
        break;
      }
      if (left_ > body_bytes_left - produced) {
        state = refuse({.refusal = &body_too_large});
      }
      continue;
    }
    const std::size_t piece = std::min<std::size_t>(left_, rest.size());
    std::memmove(out + produced, rest.data(), piece);
    rest.remove_prefix(piece);
    produced += piece;
    left_ -= piece;
    if (left_ == 0) {
      expect_ = Expect::data_end;
    }
  }
  return {.state = state, .consumed = input.size() - rest.size(), .produced = produced};
}

Chunked::State Chunked::refuse(Complaint why)
{
  complaint_ = why;
  return State::refused;
}

/// Deals with one line at the front of `rest`, or leaves it there when it is not whole yet.
Chunked::State Chunked::take_line(std::string_view& rest)
{
  const std::size_t limit = expect_ == Expect::trailer ? trailer_bytes_max - trailer_bytes_ : line_bytes_max;
  const std::size_t end = rest.substr(0, limit).find('\n');
  const std::string_view line = rest.substr(0, std::min(end, rest.size()));
  const auto carriage = line.find('\r');
  if (carriage != std::string_view::npos && carriage + 1 != line.size()) {
    return refuse(malformed("A bare CR stands in the chunked body."));
  }
  if (end == std::string_view::npos) {
    return rest.size() < limit ? State::need_more
                               : refuse(malformed("A line of the chunked body is too long."));
  }
  if (carriage == std::string_view::npos) {
    return refuse(malformed("A line of the chunked body ends in a bare LF."));
  }
  rest.remove_prefix(end + 1);
  const std::string_view text = line.substr(0, carriage);
  switch (expect_) {
    case Expect::size: return on_size_line(text);
    case Expect::trailer: trailer_bytes_ += end + 1; return on_trailer_line(text);
    case Expect::data_end:
    case Expect::data: break;
  }
  expect_ = Expect::size;
  return text.empty() ? State::need_more : refuse(malformed("Chunk data is longer than its size."));
}

Chunked::State Chunked::on_size_line(std::string_view line)
{
  std::uint32_t size = 0;
  const auto [end, failed] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
  const auto digits = static_cast<std::size_t>(end - line.data());
  // from_chars takes a minus sign only for signed types, and never "0x".
  if (failed != std::errc{} || digits == 0 || digits > 8) {
    return refuse(malformed("A chunk size is not 1 to 8 hexadecimal digits."));
  }
  if (has_control(line) || !are_extensions(line.substr(digits))) {
    return refuse(malformed("A chunk extension is malformed."));
  }
  left_ = size;
  expect_ = size == 0 ? Expect::trailer : Expect::data;
  return State::need_more;
}

Chunked::State Chunked::on_trailer_line(std::string_view line)
{
  if (line.empty()) {
    return State::done;
  }
  const std::size_t name = token_length(line);
  if (name == 0 || !line.substr(name).starts_with(':') || has_control(line)) {
    return refuse(malformed("A trailer field is malformed."));
  }
  return State::need_more;
}

}  // namespace usher::http
