#include "http/event_streams.hpp"

#include "http/raw_client_test.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>
#include <new>
#include <thread>
#include <vector>

namespace usher::http {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view get_plain = "GET /plain HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view get_stream = "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view end_of_event = "\n\n";

Event event_of(std::size_t bytes)
{
  return std::make_shared<const std::string>(bytes, 'e');
}

TEST(Backlog, hands_out_what_it_was_given_in_order)
{
  Backlog backlog;
  EXPECT_TRUE(backlog.add(std::make_shared<const std::string>("first"), 2));
  EXPECT_TRUE(backlog.add(std::make_shared<const std::string>("second"), 0));
  EXPECT_EQ(backlog.next(), "rst");
  backlog.sent(1);
  EXPECT_EQ(backlog.next(), "st");
  backlog.sent(2);
  EXPECT_EQ(backlog.next(), "second");
  backlog.sent(6);
  EXPECT_TRUE(backlog.empty());
}

TEST(Backlog, shares_an_event_and_lets_it_go)
{
  const Event event = event_of(10);
  Backlog one;
  Backlog other;
  EXPECT_TRUE(one.add(event, 0) && other.add(event, 0));
  EXPECT_EQ(event.use_count(), 3);
  one.sent(10);
  EXPECT_EQ(event.use_count(), 2);
}

TEST(Backlog, has_an_end_in_events_and_in_bytes)
{
  Backlog many;
  for (std::size_t i = 0; i < Backlog::events_max; ++i) {
    EXPECT_TRUE(many.add(event_of(1), 0));
  }
  EXPECT_FALSE(many.add(event_of(1), 0));
  Backlog large;
  EXPECT_TRUE(large.add(event_of(Backlog::bytes_max), 0));
  EXPECT_FALSE(large.add(event_of(1), 0));
}

/// A listener whose socket takes everything.
class Ear final : public Listener {
 public:
  explicit Ear(std::shared_ptr<Seat> seat) : Listener{std::move(seat)} { begin(); }

  std::string heard;

 private:
  crypto::Io write(std::string_view bytes) override
  {
    heard += bytes;
    return {.state = crypto::Io::State::done, .bytes = bytes.size()};
  }
  void wake() override {}
  void drop() override {}
};

class Hub : public ::testing::Test {
 protected:
  void listen(std::size_t count)
  {
    for (; count > 0; --count) {
      ears.push_back(std::make_unique<Ear>(hub.seat()));
    }
  }

  std::size_t with(std::string_view heard) const
  {
    return static_cast<std::size_t>(std::ranges::count_if(ears, [&](const auto& ear) {
      return ear->heard == heard;
    }));
  }

  boost::asio::io_context loop{1};
  Seats seats{10'000};
  EventStreams hub{loop.get_executor(), seats};
  std::vector<std::unique_ptr<Ear>> ears;
};

TEST_F(Hub, lets_the_loop_do_other_things_while_it_sends_to_many)
{
  listen(1000);
  int done = 0;
  hub.send(event_of(1), [&] { ++done; });
  EXPECT_TRUE(hub.sending());
  EXPECT_EQ(with("e"), 256U);
  loop.run_one();
  EXPECT_EQ(with("e"), 512U);
  EXPECT_EQ(done, 0);
  loop.run();
  EXPECT_EQ(with("e"), 1000U);
  EXPECT_EQ(done, 1);
  EXPECT_FALSE(hub.sending());
}

TEST_F(Hub, gives_everybody_each_event_once_whoever_comes_and_goes_meanwhile)
{
  for (const std::size_t gone : {0U, 1U, 300U, 500U, 743U, 744U, 998U, 999U}) {
    ears.clear();
    listen(1000);
    loop.restart();
    hub.send(event_of(1));
    ears.erase(ears.begin() + static_cast<std::ptrdiff_t>(gone));
    loop.run_one();
    ears.erase(ears.begin() + static_cast<std::ptrdiff_t>(gone / 2));
    listen(3);
    ears.erase(ears.begin());
    loop.run();
    EXPECT_EQ(with("e"), 997U) << gone;
    EXPECT_EQ(with(""), 3U) << "who came later had it in its first event, " << gone;
    hub.send(event_of(1));
    loop.restart();
    loop.run();
    EXPECT_EQ(with("ee"), 997U) << gone;
  }
}

/// A listener whose socket cannot be written to, and does not say so.
class Faulty final : public Listener {
 public:
  explicit Faulty(std::shared_ptr<Seat> seat) : Listener{std::move(seat)} { begin(); }

  bool was_cut() const { return over() && dropped(); }

 private:
  crypto::Io write(std::string_view /*bytes*/) override { throw std::bad_alloc{}; }
  void wake() override {}
  void drop() override {}
};

TEST_F(Hub, cuts_off_whose_event_fails_and_goes_on_with_the_others)
{
  const Faulty faulty{hub.seat()};
  listen(300);
  hub.send(event_of(1));
  EXPECT_NO_THROW(loop.run());
  EXPECT_TRUE(faulty.was_cut());
  EXPECT_EQ(with("e"), 300U);
  EXPECT_FALSE(hub.sending());
}

TEST_F(Hub, goes_on_beating_after_a_beat_that_fails)
{
  int beats = 0;
  hub.beat(std::chrono::seconds{0}, [&] {
    if (++beats == 1) {
      throw std::bad_alloc{};
    }
    return beats < 3;
  });
  EXPECT_NO_THROW(loop.run());
  EXPECT_EQ(beats, 3);
}

TEST_F(Hub, sends_all_away)
{
  listen(300);
  hub.send_all_away();
  hub.send(event_of(1));
  loop.run();
  EXPECT_EQ(with(""), 300U) << "and offers them nothing more";
}

TEST_F(Hub, has_seats_to_show_that_are_not_taken)
{
  const auto shown = hub.seat_to_show();
  ASSERT_TRUE(shown);
  EXPECT_EQ(seats.taken(), 0U);
}

TEST_F(Hub, is_done_when_all_have_left)
{
  listen(1000);
  int done = 0;
  hub.send(event_of(1), [&] { ++done; });
  ears.clear();
  loop.run();
  EXPECT_EQ(done, 1);
}

class Streams : public ::testing::Test {
 protected:
  /// Has received the head and the first event.
  std::unique_ptr<RawClient> listening()
  {
    auto client = std::make_unique<RawClient>(server.port());
    client->send(get_stream);
    EXPECT_EQ(client->receive(true).status, 200);
    EXPECT_EQ(client->through(end_of_event), "data: first\n\n");
    return client;
  }

  /// What happens on the loop happens in its own time; each request gives it a turn.
  bool soon(const std::function<bool()>& holds) const
  {
    for (int turn = 0; turn < 1000; ++turn) {
      if (holds()) {
        return true;
      }
      ask(server.port(), get_plain);
    }
    return false;
  }
  bool soon_taken(std::size_t seats) const
  {
    return soon([&] { return server.seats().taken() == seats; });
  }

  TestServer server{{.threads = 1}};
};

TEST_F(Streams, begin_with_a_head_that_has_no_end)
{
  RawClient client{server.port()};
  const RawAnswer answer = client.send(get_stream).receive(true);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Content-Type"), "text/event-stream; charset=utf-8");
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
  EXPECT_EQ(answer.header("X-Accel-Buffering"), "no");
  EXPECT_EQ(answer.header("Connection"), "close");
  EXPECT_FALSE(answer.has("Content-Length"));
  EXPECT_FALSE(answer.has("Transfer-Encoding"));
}

TEST_F(Streams, bring_events_to_all_in_order)
{
  const auto one = listening();
  const auto other = listening();
  for (int i = 0; i < 100; ++i) {
    server.send_event("data: " + std::to_string(i) + "\n\n");
  }
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(one->through(end_of_event), "data: " + std::to_string(i) + "\n\n");
    EXPECT_EQ(other->through(end_of_event), "data: " + std::to_string(i) + "\n\n");
  }
}

TEST_F(Streams, bring_what_was_sent_while_the_first_event_was_on_its_way)
{
  RawClient client{server.port()};
  client.send(get_stream);
  ASSERT_TRUE(soon_taken(1));
  server.send_event("data: second\n\n");
  EXPECT_EQ(client.receive(true).status, 200);
  EXPECT_EQ(client.through(end_of_event), "data: first\n\n");
  EXPECT_EQ(client.through(end_of_event), "data: second\n\n");
}

TEST_F(Streams, answer_head_with_the_head_and_keep_no_place_for_it)
{
  RawClient client{server.port()};
  client.send("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.receive(true).header("Content-Type"), "text/event-stream; charset=utf-8");
  EXPECT_EQ(client.send(get_plain).receive().body, R"({"plain":true})");
  EXPECT_EQ(server.seats().taken(), 0U);
}

TEST_F(Streams, come_after_what_was_asked_before_and_before_nothing)
{
  RawClient client{server.port()};
  client.send(std::string{get_plain} + std::string{get_stream} + std::string{get_plain});
  EXPECT_EQ(client.receive().body, R"({"plain":true})");
  EXPECT_EQ(client.receive(true).status, 200);
  EXPECT_EQ(client.through(end_of_event), "data: first\n\n");
  server.send_event("data: second\n\n");
  EXPECT_EQ(client.through(end_of_event), "data: second\n\n");
}

TEST_F(Streams, end_with_the_client)
{
  auto leaves = listening();
  auto stops_sending = listening();
  EXPECT_EQ(server.seats().taken(), 2U);
  leaves.reset();
  stops_sending->finish_sending();
  EXPECT_TRUE(stops_sending->is_closed());
  EXPECT_TRUE(soon_taken(0));
  server.send_event("data: to nobody\n\n");
  EXPECT_EQ(server.seats().cut(), 0U);
}

TEST_F(Streams, end_with_a_client_that_talks_and_talks)
{
  const auto client = listening();
  client->send(std::string(std::size_t{256} * 1024, 't'));
  std::string rest;
  client->drain(rest);
  EXPECT_TRUE(soon_taken(0));
}

TEST_F(Streams, take_no_more_listeners_than_there_are_seats)
{
  auto first = listening();
  const auto second = listening();
  const auto third = listening();
  const RawAnswer refused = ask(server.port(), get_stream);
  EXPECT_EQ(refused.status, 503);
  first.reset();
  ASSERT_TRUE(soon_taken(2));
  listening();
}

TEST_F(Streams, let_a_slow_reader_have_everything_later)
{
  const auto client = listening();
  const std::string filling(8 * 1024, 'f');
  for (int i = 0; i < 60; ++i) {
    server.send_event("data: " + std::to_string(i) + filling + "\n\n");
  }
  for (int i = 0; i < 60; ++i) {
    EXPECT_EQ(client->through(end_of_event), "data: " + std::to_string(i) + filling + "\n\n");
  }
  server.send_event("data: now\n\n");
  EXPECT_EQ(client->through(end_of_event), "data: now\n\n");
  EXPECT_EQ(server.seats().cut(), 0U);
}

TEST_F(Streams, cut_off_who_never_reads_and_serve_the_others)
{
  const auto reads = listening();
  const auto never_reads = listening();
  const std::string large = "data: " + std::string(std::size_t{64} * 1024, 'l') + "\n\n";
  int sent = 0;
  for (; sent < 2000 && server.seats().cut() == 0; ++sent) {
    server.send_event(large);
    ASSERT_EQ(reads->through(end_of_event).size(), large.size());
  }
  EXPECT_EQ(server.seats().cut(), 1U);
  EXPECT_TRUE(soon_taken(1));
  std::string rest;
  EXPECT_FALSE(never_reads->drain(rest)) << "what it never read is not kept for it";
  server.send_event("data: now\n\n");
  EXPECT_EQ(reads->through(end_of_event), "data: now\n\n");
}

TEST_F(Streams, count_as_one_request)
{
  listening();
  EXPECT_THAT(
      server.metrics(),
      HasSubstr("usher_http_requests_total{method=\"GET\",route=\"/stream\",status=\"2xx\"} 1\n")
  );
}

TEST(StreamsOfASilentServer, outlive_the_limits_of_requests)
{
  TestServer server{{.idle_timeout = std::chrono::seconds{1}, .message_timeout = std::chrono::seconds{1}}};
  RawClient idle{server.port()};
  RawClient listener{server.port()};
  listener.send(get_stream);
  EXPECT_EQ(listener.receive(true).status, 200);
  EXPECT_EQ(listener.through(end_of_event), "data: first\n\n");
  EXPECT_EQ(idle.send(get_plain).receive().status, 200);
  EXPECT_TRUE(idle.is_closed()) << "by its idle timeout";
  server.send_event("data: still here\n\n");
  EXPECT_EQ(listener.through(end_of_event), "data: still here\n\n");
}

TEST(DrainOfStreams, ends_them_at_once)
{
  TestServer server{{.threads = 2, .drain_timeout = std::chrono::seconds{60}}};
  RawClient listens{server.port()};
  listens.send(get_stream);
  EXPECT_EQ(listens.receive(true).status, 200);
  RawClient never_reads{server.port()};
  never_reads.send(get_stream);
  while (server.seats().taken() < 2) {
    ask(server.port(), get_plain);
  }
  const std::string large(std::size_t{512} * 1024, 'l');
  server.send_event(large);
  std::jthread drain{[&] { server.server().drain(); }};
  std::string rest;
  EXPECT_TRUE(listens.drain(rest));
  EXPECT_THAT(rest, StartsWith("data: first\n\n"));
  drain.join();
  EXPECT_EQ(server.seats().taken(), 0U);
}

TEST(SharedBodies, are_sent_as_they_are)
{
  TestServer server;
  RawClient client{server.port()};
  const RawAnswer answer = client.send("GET /shared HTTP/1.1\r\nHost: a\r\n\r\n").receive();
  EXPECT_EQ(answer.header("Content-Encoding"), "gzip");
  EXPECT_EQ(answer.body, std::string(1 << 20, 'y'));
  client.send("HEAD /shared HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.receive(true).header("Content-Length"), std::to_string(1 << 20));
  EXPECT_EQ(client.send(get_plain).receive().status, 200);
}

}  // namespace
}  // namespace usher::http
