#include "http/block.hpp"

namespace usher::http {

std::unique_ptr<Block> BlockPool::take()
{
  if (free_.empty()) {
    // NOLINTNEXTLINE(cppcoreguidelines-owning-memory,modernize-make-unique): that would fill `out` with zeros
    return std::unique_ptr<Block>{new Block};
  }
  std::unique_ptr<Block> block = std::move(free_.back());
  free_.pop_back();
  return block;
}

void BlockPool::give_back(std::unique_ptr<Block> block)
{
  if (free_.size() >= kept_max || block->in_capacity != Block::in_size) {
    return;
  }
  block->forget_sent();
  block->answer = {};
  free_.push_back(std::move(block));
}

}  // namespace usher::http
