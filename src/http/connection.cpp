#include "http/connection.hpp"

#include "http/compose.hpp"
#include "http/outgoing.hpp"
#include "http/receiver.hpp"
#include "http/stream_phase.hpp"
#include "http/transport.hpp"

#include <boost/asio/as_tuple.hpp>

#include <memory>
#include <optional>

namespace usher::http {
namespace {

/// A client that never stops sending after we said goodbye is left after this much.
constexpr std::size_t lingering_bytes_max = std::size_t{1024} * 1024;

/// A connection is a plain state machine, advance(), that reads, parses, answers and writes until it must
/// wait, and a coroutine, run(), that does nothing but wait. A request that needs no waiting costs one
/// resumption.
template <class Transport>
class Connection {
 public:
  Connection(Loop& loop, Transport transport, const Peer& peer)
      : loop_{loop}, peer_{peer}, transport_{std::move(transport)}, deadline_{transport_.socket()}
  {
    loop_.joined();
    loop_.receiving().join(deadline_, coarse_seconds());
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { loop_.left(); }

  Task<> run();

 private:
  enum class Phase { handshake, receive, look, flush, linger, stream };
  enum class Next { go_on, wait_read, wait_write, wait_handler, end };

  Next advance();
  Next handshake();
  Next receive();
  Next look();
  Next flush();
  Next linger();
  Next stream();

  Next serve(Block& block);
  void identify(Block& block);
  void answer(Block& block, Response response);
  bool put(Block& block);
  void refuse(Block& block);
  Next move_on(Block& block);
  Next settle(Block& block);
  Next rest(Io::State wanted);
  Next wait_to_send(Io::State wanted);
  Next begin_linger();
  Next begin_stream();
  bool is_wanted() const { return phase_ == Phase::stream && stream_->is_wanted(); }
  static Next next_for(Io::State wanted);

  Loop& loop_;
  const Peer peer_;
  Transport transport_;
  Deadline deadline_;
  Lease lease_{loop_.blocks()};
  Receiver receiver_{loop_.common().limits};
  Phase phase_{Phase::handshake};
  bool keep_alive_{true};
  bool partial_{false};       ///< a message has begun and its clock is running
  bool answer_waits_{false};  ///< block.answer could not be put into block.out yet
  std::size_t lingering_bytes_{lingering_bytes_max};
  std::size_t sent_{0};  ///< of what the block holds to be sent
  std::int64_t sending_since_{0};
  std::unique_ptr<StreamPhase<Transport>> stream_{};  ///< once events are to follow the answer
  const Router::Entry* entry_{nullptr};
  std::chrono::nanoseconds started_{};
};

template <class Transport>
Task<> Connection<Transport>::run()
{
  while (true) {
    const Next next = advance();
    if (next == Next::end) {
      co_return;
    }
    if (next == Next::wait_handler) {
      Block& block = lease_.get();
      Response response = co_await loop_.dispatch().finish(block.request, *entry_);
      answer(block, std::move(response));
      continue;
    }
    const auto what = next == Next::wait_read ? Socket::wait_read : Socket::wait_write;
    const auto [failed] = co_await transport_.socket().async_wait(what, boost::asio::as_tuple(use_task));
    if (failed && !is_wanted()) {
      co_return;
    }
  }
}

template <class Transport>
auto Connection<Transport>::advance() -> Next
{
  Next next = Next::go_on;
  while (next == Next::go_on) {
    switch (phase_) {
      case Phase::handshake: next = handshake(); break;
      case Phase::receive: next = receive(); break;
      case Phase::look: next = look(); break;
      case Phase::flush: next = flush(); break;
      case Phase::linger: next = linger(); break;
      case Phase::stream: next = stream(); break;
    }
  }
  return next;
}

template <class Transport>
auto Connection<Transport>::next_for(Io::State wanted) -> Next
{
  switch (wanted) {
    case Io::State::want_read: return Next::wait_read;
    case Io::State::want_write: return Next::wait_write;
    case Io::State::done:
    case Io::State::closed: break;
  }
  return Next::end;
}

/// The deadline for it has been set when the connection was made.
template <class Transport>
auto Connection<Transport>::handshake() -> Next
{
  const Io io = transport_.handshake();
  if (io.state != Io::State::done) {
    return next_for(io.state);
  }
  phase_ = Phase::receive;
  return transport_.has_pending() ? Next::go_on : rest(Io::State::want_read);
}

template <class Transport>
auto Connection<Transport>::receive() -> Next
{
  const Io io = transport_.read_some(receiver_.space(lease_.get()));
  if (io.state != Io::State::done) {
    return io.state == Io::State::closed ? Next::end : rest(io.state);
  }
  receiver_.received(io.bytes);
  phase_ = Phase::look;
  return Next::go_on;
}

template <class Transport>
auto Connection<Transport>::look() -> Next
{
  Block& block = lease_.get();
  if (receiver_.empty()) {
    return settle(block);
  }
  switch (receiver_.look(block)) {
    case Receiver::State::ready: return serve(block);
    case Receiver::State::refused: refuse(block); return Next::go_on;
    case Receiver::State::continue_expected:
      if (block.framing.expects_continue) {
        put_continue(block);
      }
      return settle(block);
    case Receiver::State::need_more: break;
  }
  return settle(block);
}

/// Nothing more can be made of what has arrived: send what is ready, then wait for more.
template <class Transport>
auto Connection<Transport>::settle(Block& block) -> Next
{
  if (block.out_used != 0) {
    phase_ = Phase::flush;
    return Next::go_on;
  }
  phase_ = Phase::receive;
  return transport_.has_pending() ? Next::go_on : rest(Io::State::want_read);
}

/// Between messages the block goes back. Within one its clock runs from the first byte, and more bytes do not
/// wind it up again.
template <class Transport>
auto Connection<Transport>::rest(Io::State wanted) -> Next
{
  if (loop_.aborting()) {
    return Next::end;
  }
  if (receiver_.empty()) {
    partial_ = false;
    lease_.release();
    if (loop_.draining()) {
      return Next::end;
    }
    loop_.idle().join(deadline_, coarse_seconds());
  } else if (!partial_) {
    partial_ = true;
    loop_.receiving().join(deadline_, coarse_seconds());
  }
  return next_for(wanted);
}

template <class Transport>
auto Connection<Transport>::serve(Block& block) -> Next
{
  started_ = precise_now();
  keep_alive_ = block.framing.keep_alive;
  partial_ = false;
  identify(block);
  Dispatch::Plan plan = loop_.dispatch().begin(block.request);
  entry_ = plan.entry;
  if (plan.response) {
    answer(block, *std::move(plan.response));
    return Next::go_on;
  }
  // Earlier answers of a pipeline need not wait for this one; what the socket does not take now goes later.
  if (block.out_used > sent_) {
    const Io io = transport_.write_some(block.unsent(sent_));
    sent_ += io.state == Io::State::done ? io.bytes : 0;
  }
  deadline_.leave();  // a handler keeps its own time
  return Next::wait_handler;
}

template <class Transport>
void Connection<Transport>::identify(Block& block)
{
  block.request.secure = Transport::secure;
  peer_.identify(block, loop_.common().trusted, loop_.request_ids());
}

template <class Transport>
void Connection<Transport>::answer(Block& block, Response response)
{
  block.answer = std::move(response);
  if (block.answer.stream && block.request.method != Method::head) {
    // From here on the hub's events gather behind the answer, so that none falls in between.
    stream_ = std::make_unique<StreamPhase<Transport>>(block.answer.stream, transport_);
  }
  keep_alive_ = keep_alive_ && !stream_ && !loop_.draining();
  answer_waits_ = !put(block);
  phase_ = answer_waits_ || !keep_alive_ || block.has_large() ? Phase::flush : Phase::look;
}

/// Composes block.answer into block.out. False when what stands there already must leave first.
template <class Transport>
bool Connection<Transport>::put(Block& block)
{
  const Envelope envelope{
      .date = loop_.date_line(),
      .request_id = block.request.request_id,
      .cors = loop_.common().cors.lines_for(block.request),
      .keep_alive = keep_alive_,
      .http10 = block.framing.http10,
      .secure = block.request.secure,
      .head_only = block.request.method == Method::head,
  };
  const std::optional<std::size_t> bytes = put_answer(block, envelope);
  if (!bytes) {
    return false;
  }
  const Traffic::Seen seen{
      .request = block.request,
      .entry = entry_,
      .status = block.answer.status,
      .bytes = *bytes,
      .duration = precise_now() - started_,
  };
  if (receiver_.complaint()) {
    loop_.traffic().refused(seen, *receiver_.complaint().refusal);
  } else {
    loop_.traffic().answered(seen);
    receiver_.done(block);
  }
  return true;
}

/// After bytes that are no request nobody can say where the next one would begin.
template <class Transport>
void Connection<Transport>::refuse(Block& block)
{
  started_ = precise_now();
  keep_alive_ = false;
  entry_ = nullptr;
  block.request = {};
  block.framing = {};
  identify(block);
  answer(block, Dispatch::refused(receiver_.complaint(), block.request.request_id));
}

template <class Transport>
auto Connection<Transport>::flush() -> Next
{
  Block& block = lease_.get();
  for (auto rest = block.unsent(sent_); !rest.empty(); rest = block.unsent(sent_)) {
    const Io io = transport_.write_some(rest);
    if (io.state != Io::State::done) {
      return wait_to_send(io.state);
    }
    sent_ += io.bytes;
  }
  return move_on(block);
}

/// Each step has its limit, and all of them together.
template <class Transport>
auto Connection<Transport>::wait_to_send(Io::State wanted) -> Next
{
  const std::int64_t now = coarse_seconds();
  sending_since_ = sending_since_ == 0 ? now : sending_since_;
  if (loop_.aborting() || now - sending_since_ > loop_.common().options.idle_timeout.count()) {
    return Next::end;
  }
  loop_.sending().join(deadline_, now);
  return next_for(wanted);
}

/// Everything composed so far has been sent.
template <class Transport>
auto Connection<Transport>::move_on(Block& block) -> Next
{
  block.forget_sent();
  sent_ = 0;
  sending_since_ = 0;
  if (answer_waits_) {
    answer_waits_ = !put(block);
    phase_ = keep_alive_ && !block.has_large() ? Phase::look : Phase::flush;
    return Next::go_on;
  }
  if (stream_) {
    return begin_stream();
  }
  if (!keep_alive_) {
    return begin_linger();
  }
  phase_ = Phase::look;
  return Next::go_on;
}

/// Closing at once would reset the connection while the client still sends, and the reset may overtake our
/// answer (RFC 9112 9.6): say goodbye, then read on until the client hangs up.
template <class Transport>
auto Connection<Transport>::begin_linger() -> Next
{
  lease_.release();
  transport_.finish();
  loop_.lingering().join(deadline_, coarse_seconds());
  phase_ = Phase::linger;
  return Next::go_on;
}

template <class Transport>
auto Connection<Transport>::linger() -> Next
{
  return next_for(discard(transport_, lingering_bytes_));
}

/// What else the client has sent meanwhile is not looked at.
template <class Transport>
auto Connection<Transport>::begin_stream() -> Next
{
  lease_.release();
  stream_->start();
  loop_.streaming().join(deadline_, coarse_seconds());
  phase_ = Phase::stream;
  return Next::go_on;
}

template <class Transport>
auto Connection<Transport>::stream() -> Next
{
  return loop_.draining() ? Next::end : next_for(stream_->step());
}

}  // namespace

Task<> serve_plain(Loop& loop, Socket socket, Peer peer)
{
  Connection<PlainTransport> connection{loop, PlainTransport{std::move(socket)}, peer};
  co_await connection.run();
}

Task<> serve_tls(Loop& loop, Socket socket, Peer peer, const crypto::TlsContext& context)
{
  Connection<TlsTransport> connection{loop, TlsTransport{std::move(socket), context}, peer};
  co_await connection.run();
}

}  // namespace usher::http
