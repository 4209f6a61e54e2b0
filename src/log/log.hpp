#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace usher::log {

enum class Level { debug, info, warning, error, off };
enum class Format { automatic, text, json };  ///< automatic: text on a terminal, JSON lines otherwise

/// One value beside the message; the key carries its unit: {"duration_ms", 3.2}.
struct Field {
  std::string_view key;
  std::variant<std::int64_t, double, bool, std::string_view> value;

  // NOLINTBEGIN(bugprone-easily-swappable-parameters): key, value; nobody writes them the other way round
  Field(std::string_view k, std::int64_t v) : key{k}, value{v} {}
  Field(std::string_view k, int v) : key{k}, value{std::int64_t{v}} {}
  Field(std::string_view k, std::uint64_t v) : key{k}, value{static_cast<std::int64_t>(v)} {}
  Field(std::string_view k, double v) : key{k}, value{v} {}
  Field(std::string_view k, bool v) : key{k}, value{v} {}
  Field(std::string_view k, std::string_view v) : key{k}, value{v} {}
  Field(std::string_view k, const std::string& v) : key{k}, value{std::string_view{v}} {}
  Field(std::string_view k, const char* v) : key{k}, value{std::string_view{v}} {}
  // NOLINTEND(bugprone-easily-swappable-parameters)
};

using Fields = std::initializer_list<Field>;

/// Writes whole lines to standard error. Thread-safe; never throws; never blocks the caller on a slow reader
/// (lines are dropped and counted instead). Values are escaped and cut, so nothing a client sends can forge a
/// line. Never log a password, token, cookie, e-mail address or body.
class Logger {
 public:
  struct Options {
    Level level{Level::info};
    Format format{Format::automatic};
    int fd{2};  ///< where lines go; tests hand in a pipe
  };

  explicit Logger(Options options);
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;
  ~Logger();

  bool enabled(Level level) const noexcept;
  void set_level(Level level) noexcept;
  void write(Level level, std::string_view message, Fields fields);

  /// Waits until what was written before is on its way (for half a second at most). Tests, and before an
  /// exit.
  void flush();

  void debug(std::string_view message, Fields fields = {}) { write(Level::debug, message, fields); }
  void info(std::string_view message, Fields fields = {}) { write(Level::info, message, fields); }
  void warning(std::string_view message, Fields fields = {}) { write(Level::warning, message, fields); }
  void error(std::string_view message, Fields fields = {}) { write(Level::error, message, fields); }

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace usher::log
