#include "http/receiver.hpp"

#include "base/result.hpp"

#include <string.h>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace usher::http {
namespace {

/// Beyond head and body: chunk framing that is not decoded yet, and a pipelined beginning.
constexpr std::size_t slack = std::size_t{8} * 1024;
constexpr std::size_t read_bytes_min = 512;

}  // namespace

std::span<char> Receiver::space(Block& block)
{
  if (block.in_capacity - end_ < read_bytes_min) {
    make_room(block, read_bytes_min);
  }
  return {block.in.get() + end_, block.in_capacity - end_};
}

Receiver::State Receiver::look(Block& block)
{
  switch (expect_) {
    case Expect::head: return look_for_head(block);
    case Expect::sized_body: return look_for_sized_body(block);
    case Expect::chunked_body: return look_for_chunked_body(block);
  }
  return State::refused;
}

void Receiver::done(Block& block)
{
  if (!block.request.body.empty()) {
    explicit_bzero(block.in.get() + body_, block.request.body.size());
  }
  begin_ = raw_;
  if (begin_ == end_) {
    begin_ = end_ = 0;
  }
  expect_ = Expect::head;
  moved_ = blank_skipped_ = continue_said_ = false;
  scan_ = {};
}

Receiver::State Receiver::refuse(Complaint why)
{
  complaint_ = why;
  return State::refused;
}

/// RFC 9112 2.2: one empty line before the request line is forgiven (old clients end a body with it).
/// False when its second half is still on the way.
bool Receiver::skip_blank_line(const Block& block)
{
  const char* const bytes = block.in.get() + begin_;
  const std::size_t count = end_ - begin_;
  if (blank_skipped_ || count == 0 || bytes[0] != '\r') {
    return true;
  }
  if (count == 1) {
    return false;
  }
  if (bytes[1] == '\n') {
    begin_ += 2;
    blank_skipped_ = true;
  }
  return true;
}

Receiver::State Receiver::look_for_head(Block& block)
{
  if (!skip_blank_line(block)) {
    return State::need_more;
  }
  const std::string_view message{block.in.get() + begin_, end_ - begin_};
  const HeadScan::State state = scan_.look(message);
  if (state == HeadScan::State::malformed) {
    return refuse(malformed(scan_.complaint()));
  }
  const std::size_t size = state == HeadScan::State::complete ? scan_.size() : message.size();
  // The request line is the target, a method and a version.
  if (scan_.in_first_line() && size > limits_.head.target_bytes_max + 64) {
    return refuse({.refusal = &target_too_long});
  }
  if (size > limits_.head.head_bytes_max) {
    return refuse({.refusal = &head_too_large});
  }
  return state == HeadScan::State::complete ? begin_body(block) : State::need_more;
}

Complaint Receiver::parse(Block& block) const
{
  block.request = {};
  block.framing = {};
  return parse_head({block.in.get() + begin_, scan_.size()}, limits_.head, block.request, block.framing);
}

Receiver::State Receiver::begin_body(Block& block)
{
  if (const Complaint why = parse(block)) {
    return refuse(why);
  }
  body_ = body_end_ = raw_ = begin_ + scan_.size();
  if (block.framing.chunked) {
    chunked_ = {};
    expect_ = Expect::chunked_body;
    return look_for_chunked_body(block);
  }
  if (block.framing.content_length > limits_.body_bytes_max) {
    return refuse({.refusal = &body_too_large});
  }
  expect_ = Expect::sized_body;
  const std::size_t missing = body_ + block.framing.content_length;
  if (missing > block.in_capacity) {
    make_room(block, missing - end_);
  }
  return look_for_sized_body(block);
}

Receiver::State Receiver::look_for_sized_body(Block& block)
{
  const std::size_t size = block.framing.content_length;
  if (end_ - body_ < size) {
    return wait_for_body();
  }
  raw_ = body_ + size;
  return finish(block, size);
}

Receiver::State Receiver::look_for_chunked_body(Block& block)
{
  char* const bytes = block.in.get();
  const std::size_t left = limits_.body_bytes_max - (body_end_ - body_);
  const Chunked::Step step = chunked_.decode({bytes + raw_, end_ - raw_}, bytes + body_end_, left);
  raw_ += step.consumed;
  body_end_ += step.produced;
  if (step.state == Chunked::State::refused) {
    return refuse(chunked_.complaint());
  }
  if (step.state == Chunked::State::done) {
    return finish(block, body_end_ - body_);
  }
  // Close the gap that the framing left, so that only the body and an unfinished line take up room.
  std::memmove(bytes + body_end_, bytes + raw_, end_ - raw_);
  end_ -= raw_ - body_end_;
  raw_ = body_end_;
  return wait_for_body();
}

Receiver::State Receiver::wait_for_body()
{
  if (continue_said_) {
    return State::need_more;
  }
  continue_said_ = true;
  return State::continue_expected;
}

Receiver::State Receiver::finish(Block& block, std::size_t body_size)
{
  if (moved_) {
    const Framing before = block.framing;
    const Complaint none = parse(block);
    USHER_ASSERT(!none && before.chunked == block.framing.chunked);
    moved_ = false;
  }
  block.request.body = {block.in.get() + body_, body_size};
  return State::ready;
}

void Receiver::shift(std::size_t by) noexcept
{
  begin_ -= by;
  end_ -= by;
  if (expect_ != Expect::head) {
    body_ -= by;
    body_end_ -= by;
    raw_ -= by;
  }
}

/// Sees to it that `room` bytes fit behind end_: first by moving the message to the front, then by growing
/// once.
void Receiver::make_room(Block& block, std::size_t room)
{
  const std::size_t held = end_ - begin_;
  moved_ = moved_ || expect_ != Expect::head;
  if (held + room <= block.in_capacity) {
    std::memmove(block.in.get(), block.in.get() + begin_, held);
    shift(begin_);
    return;
  }
  const std::size_t capacity = limits_.head.head_bytes_max + limits_.body_bytes_max + slack;
  USHER_ASSERT(held + room <= capacity);
  // NOLINTNEXTLINE(*-avoid-c-arrays): as Block::in
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  std::copy_n(block.in.get() + begin_, held, larger.get());
  explicit_bzero(block.in.get(), block.in_capacity);
  block.in = std::move(larger);
  block.in_capacity = capacity;
  shift(begin_);
}

}  // namespace usher::http
