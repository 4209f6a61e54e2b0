#pragma once

#include "http/block.hpp"
#include "http/chunked.hpp"
#include "http/head_parser.hpp"
#include "http/head_scan.hpp"
#include "http/refusals.hpp"

#include <cstddef>
#include <span>

namespace usher::http {

struct ReceiverLimits {
  HeadLimits head;
  std::size_t body_bytes_max;
};

/// Makes requests out of the bytes of one connection: head, body, the next pipelined one. No I/O, so the
/// fuzzer and the tests drive it byte by byte. The block it is given must be the same one from a message's
/// first byte until done().
class Receiver {
 public:
  enum class State {
    need_more,          ///< read into space(), call received(), look again
    continue_expected,  ///< the same, but the client waits for "100 Continue" first; said once per message
    ready,              ///< block.request is whole and stays so until done()
    refused,            ///< complaint() says why; nothing more may be read as HTTP from this connection
  };

  explicit Receiver(const ReceiverLimits& limits) : limits_{limits} {}

  /// Where to read the next bytes to; never empty.
  std::span<char> space(Block& block);
  void received(std::size_t count) noexcept { end_ += count; }

  State look(Block& block);

  /// The request has been answered; forget it (bodies are wiped: they hold passwords) and move on.
  void done(Block& block);

  /// Nothing of a next message has arrived, so that the block can go back.
  bool empty() const noexcept { return begin_ == end_; }

  const Complaint& complaint() const noexcept { return complaint_; }

 private:
  enum class Expect { head, sized_body, chunked_body };

  State refuse(Complaint why);
  State look_for_head(Block& block);
  State begin_body(Block& block);
  State look_for_sized_body(Block& block);
  State look_for_chunked_body(Block& block);
  State finish(Block& block, std::size_t body_size);
  State wait_for_body();
  bool skip_blank_line(const Block& block);
  Complaint parse(Block& block) const;
  void make_room(Block& block, std::size_t room);
  void shift(std::size_t by) noexcept;

  const ReceiverLimits& limits_;
  Expect expect_{Expect::head};
  std::size_t begin_{0};     ///< first byte of the current message
  std::size_t end_{0};       ///< behind the last byte received
  std::size_t body_{0};      ///< where the body begins: behind the head
  std::size_t body_end_{0};  ///< behind what is decoded of it
  std::size_t raw_{0};       ///< first byte that is not decoded yet
  bool moved_{false};        ///< the bytes moved since the head was parsed
  bool blank_skipped_{false};
  bool continue_said_{false};
  HeadScan scan_{};
  Chunked chunked_{};
  Complaint complaint_{};
};

}  // namespace usher::http
