#include "log/log.hpp"

#include "log/line.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <thread>
#include <vector>

namespace usher::log {
namespace {

using ::testing::HasSubstr;

constexpr Moment moment{std::chrono::milliseconds{1'700'000'000'042}};

std::string json(std::string_view message, Fields fields)
{
  std::string out;
  append_json(out, moment, Level::info, message, fields);
  return out;
}

std::string text(std::string_view message, Fields fields)
{
  std::string out;
  append_text(out, moment, Level::warning, message, fields);
  return out;
}

TEST(JsonLine, has_time_level_message_and_typed_fields)
{
  EXPECT_EQ(
      json("request", {{"status", 200}, {"duration_ms", 1.25}, {"secure", true}, {"route", "/api"}}),
      R"({"time":"2023-11-14T22:13:20.042Z","level":"info","message":"request","status":200,)"
      R"("duration_ms":1.25,"secure":true,"route":"/api"})"
      "\n"
  );
}

TEST(TextLine, quotes_only_what_needs_it)
{
  EXPECT_EQ(
      text("slow request", {{"status", 200}, {"agent", "curl 8"}, {"empty", ""}, {"id", "ab-1"}}),
      "2023-11-14T22:13:20.042Z warning slow request status=200 agent=\"curl 8\" empty=\"\" id=ab-1\n"
  );
}

struct HostileCase {
  std::string_view value;
  std::string_view written;
  std::string_view why;
};

TEST(Values, cannot_forge_a_line_or_reach_the_terminal)
{
  const std::array cases{
      HostileCase{"a\r\nb", R"(a\u000d\u000ab)", "line breaks"},
      HostileCase{"\x1b[2J", R"(\u001b[2J)", "escape sequence"},
      HostileCase{std::string_view{"a\0b", 3}, R"(a\u0000b)", "NUL"},
      HostileCase{"\"\\", R"(\"\\)", "quote and backslash"},
      HostileCase{"\xe2\x80\xa8x", R"(\u2028x)", "line separator"},
      HostileCase{"\xe2\x80\xae", R"(\u202e)", "right-to-left override"},
      HostileCase{"\xc2\x85", R"(\u0085)", "C1 next line"},
      HostileCase{"\x7f", R"(\u007f)", "DEL"},
      HostileCase{"a\xff\xc0\xaf", "a???", "not UTF-8"},
      HostileCase{"\xed\xa0\x80", "???", "surrogate"},
      HostileCase{"Gr\xc3\xbc\xc3\x9f", "Gr\xc3\xbc\xc3\x9f", "ordinary text stays"},
  };
  for (const HostileCase& one : cases) {
    EXPECT_THAT(json("m", {{"v", one.value}}), HasSubstr("\"v\":\"" + std::string{one.written} + "\"}"))
        << one.why;
    const std::string line = text("m", {{"v", one.value}});
    EXPECT_EQ(line.find('\n'), line.size() - 1) << one.why;
    EXPECT_EQ(line.find('\x1b'), std::string::npos) << one.why;
  }
}

TEST(Values, are_cut_to_256_bytes_between_characters)
{
  const std::string long_value = std::string(255, 'a') + "\xc3\xbc" + std::string(100'000, 'b');
  EXPECT_THAT(json("m", {{"v", long_value}}), HasSubstr("\"" + std::string(255, 'a') + "...\"}"));
}

TEST(Messages, are_made_harmless_like_values)
{
  EXPECT_EQ(text("a\nb", {}), "2023-11-14T22:13:20.042Z warning a\\u000ab\n");
}

TEST(Numbers, that_json_cannot_hold_are_null)
{
  EXPECT_THAT(json("m", {{"v", std::numeric_limits<double>::infinity()}}), HasSubstr("\"v\":null}"));
}

class Pipe {
 public:
  Pipe() { EXPECT_EQ(::pipe2(ends_.data(), O_NONBLOCK | O_CLOEXEC), 0); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe()
  {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }

  int in() const { return ends_[1]; }

  std::string read() const
  {
    std::string all;
    std::array<char, 65536> piece{};
    for (ssize_t count = 0; (count = ::read(ends_[0], piece.data(), piece.size())) > 0;) {
      all.append(piece.data(), static_cast<std::size_t>(count));
    }
    return all;
  }

 private:
  std::array<int, 2> ends_{};
};

TEST(Logger, writes_json_lines_where_there_is_no_terminal)
{
  const Pipe pipe;
  Logger logger{{.fd = pipe.in()}};
  logger.info("started", {{"threads", 2}});
  logger.flush();
  EXPECT_THAT(pipe.read(), HasSubstr(R"("level":"info","message":"started","threads":2})"));
}

TEST(Logger, keeps_to_its_level_and_lets_it_change)
{
  const Pipe pipe;
  Logger logger{{.level = Level::warning, .fd = pipe.in()}};
  logger.info("not this");
  logger.set_level(Level::debug);
  logger.debug("but this");
  logger.set_level(Level::off);
  logger.error("nor this");
  EXPECT_FALSE(logger.enabled(Level::error));
  logger.flush();
  const std::string written = pipe.read();
  EXPECT_EQ(written.find("not this"), std::string::npos);
  EXPECT_EQ(written.find("nor this"), std::string::npos);
  EXPECT_THAT(written, HasSubstr("but this"));
}

TEST(Logger, loses_nothing_when_it_ends)
{
  const Pipe pipe;
  {
    Logger logger{{.fd = pipe.in()}};
    logger.info("last words");
  }
  EXPECT_THAT(pipe.read(), HasSubstr("last words"));
}

TEST(Logger, writes_whole_lines_from_many_threads)
{
  const Pipe pipe;
  Logger logger{{.fd = pipe.in()}};
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 8; ++thread) {
      threads.emplace_back([&] {
        for (int i = 0; i < 50; ++i) {
          logger.info("line", {{"i", i}});
        }
      });
    }
  }
  logger.flush();
  const std::string written = pipe.read();
  EXPECT_EQ(std::ranges::count(written, '\n'), 400);
  EXPECT_EQ(written.find("}{"), std::string::npos);
}

TEST(Logger, never_blocks_on_a_reader_that_does_not_read)
{
  const Pipe pipe;
  auto logger = std::make_unique<Logger>(Logger::Options{.fd = pipe.in()});
  const std::string value(200, 'x');
  for (int i = 0; i < 20'000; ++i) {
    logger->info("line", {{"v", value}});
  }
  std::string written = pipe.read();
  logger->flush();
  written += pipe.read();
  EXPECT_THAT(written, HasSubstr("line"));
}

TEST(Logger, survives_a_closed_file)
{
  Logger logger{{.fd = 1023}};
  logger.error("nowhere to go");
  logger.flush();
}

}  // namespace
}  // namespace usher::log
