#include "http/outgoing.hpp"

#include "http/problem.hpp"
#include "http/refusals.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace usher::http {

std::optional<std::size_t> put_answer(Block& block, const Envelope& envelope)
{
  std::size_t bound = head_bytes_bound(block.answer, envelope);
  if (bound > Block::out_size) {  // headers of 32 KiB are a bug of a handler's, not a reason to fall over
    block.answer = problem(refuse(internal_error), envelope.request_id);
    bound = head_bytes_bound(block.answer, envelope);
  }
  if (bound > Block::out_size - block.out_used) {
    return std::nullopt;
  }
  const std::span<char> room = std::span{block.out}.subspan(block.out_used);
  const std::size_t head = compose_head(block.answer, envelope, room);
  block.out_used += head;
  if (!has_body(block.answer.status) || envelope.head_only) {
    return head;
  }
  const std::string_view body = block.answer.content();
  const std::size_t size = body.size();
  if (size > room.size() - head) {
    block.large = std::move(block.answer.body);
    block.shared = std::move(block.answer.shared_body);
  } else {
    std::ranges::copy(body, room.subspan(head).begin());
    block.out_used += size;
  }
  return head + size;
}

void put_continue(Block& block)
{
  constexpr std::string_view line = "HTTP/1.1 100 Continue\r\n\r\n";
  if (Block::out_size - block.out_used >= line.size()) {
    std::ranges::copy(line, std::span{block.out}.subspan(block.out_used).begin());
    block.out_used += line.size();
  }
}

}  // namespace usher::http
