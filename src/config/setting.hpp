#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace usher::config {

struct Config;

enum class Kind { text, list, number, duration, flag, choice, secret };

/// What a value may be, and how else it is called.
struct Rule {
  std::int64_t min{0};
  std::int64_t max{0};  ///< 0 for no upper limit; durations in seconds
  /// A rule of its own: what is wrong with the value and what to write instead, or empty. Of a list: one
  /// member.
  std::string (*check)(std::string_view){nullptr};
  std::string_view short_flag{};  ///< "--access-ttl", beside the flag made from the name
  bool reloadable{false};         ///< SIGHUP rereads it
};

/// One line of the table that flags, environment, usher.toml, `usher config` and docs/configuration.md are
/// made from.
struct Setting {
  std::string_view name;  ///< "tokens.access_ttl"
  Kind kind;
  std::string_view doc;
  Rule rule;
  std::span<const std::string_view> choices;
  /// The reason against `text` with its cure, or empty when it was taken over.
  std::string (*set)(Config&, const Setting&, std::string_view text);
  /// The value as it would be written in usher.toml, without quotes; lists comma-separated.
  std::string (*get)(const Config&);

  std::string flag() const;      ///< "--tokens-access-ttl"
  std::string variable() const;  ///< "USHER_TOKENS_ACCESS_TTL"
  bool secret() const noexcept { return kind == Kind::secret; }
};

/// Every setting, in the order of the reference page.
std::span<const Setting> all_settings();

/// nullptr when there is none of that name.
const Setting* find_setting(std::string_view name);

}  // namespace usher::config
