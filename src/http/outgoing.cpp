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
  std::string& body = block.answer.body;
  const std::size_t size = body.size();
  if (size > room.size() - head) {
    block.large = std::move(body);
  } else {
    std::ranges::copy(body, room.subspan(head).begin());
    block.out_used += size;
  }
  return head + size;
}

}  // namespace usher::http
