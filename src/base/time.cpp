#include "base/time.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <ctime>
#include <limits>

namespace usher {
namespace {

struct Unit {
  char letter;
  std::int64_t seconds;
};

constexpr std::array<Unit, 4> units{{{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}}};

}  // namespace

std::string rfc3339(Instant instant)
{
  const std::time_t seconds = epoch_seconds(instant);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  // glibc's %Y does not pad a year below 1000, RFC 3339 does.
  const std::string year = std::to_string(utc.tm_year + 1900);
  std::array<char, 32> rest{};
  const auto length = std::strftime(rest.data(), rest.size(), "-%m-%dT%H:%M:%SZ", &utc);
  return std::string(year.size() < 4 ? 4 - year.size() : 0, '0') + year + std::string{rest.data(), length};
}

std::optional<std::chrono::seconds> parse_duration(std::string_view text)
{
  std::int64_t factor = 1;
  if (!text.empty()) {
    for (const Unit& unit : units) {
      if (text.back() == unit.letter) {
        factor = unit.seconds;
        text.remove_suffix(1);
        break;
      }
    }
  }
  if (text.empty() || text.front() == '-') {
    return std::nullopt;
  }
  std::int64_t count = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (failed != std::errc{} || end != text.data() + text.size() ||
      count > std::numeric_limits<std::int64_t>::max() / 2 / factor) {
    return std::nullopt;
  }
  return std::chrono::seconds{count * factor};
}

std::string format_duration(std::chrono::seconds duration)
{
  for (const Unit& unit : units) {
    if (duration.count() != 0 && duration.count() % unit.seconds == 0) {
      return std::to_string(duration.count() / unit.seconds) + unit.letter;
    }
  }
  return "0s";
}

}  // namespace usher
