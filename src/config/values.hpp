#pragma once

#include "base/secret.hpp"
#include "config/setting.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace usher::config {

// How a value of each type is read from text and written back. set_value hands back the reason against the
// text, with its cure, or an empty string.

template <class T>
constexpr Kind kind_of()
{
  if constexpr (std::is_same_v<T, bool>) {
    return Kind::flag;
  } else if constexpr (std::is_enum_v<T>) {
    return Kind::choice;
  } else if constexpr (std::is_integral_v<T>) {
    return Kind::number;
  } else if constexpr (std::is_same_v<T, Secret>) {
    return Kind::secret;
  } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
    return Kind::list;
  } else if constexpr (std::is_same_v<T, std::string>) {
    return Kind::text;
  } else {
    return Kind::duration;
  }
}

template <class E>
inline constexpr auto enum_names = names_of(E{});

template <class T>
constexpr std::span<const std::string_view> choices_of()
{
  if constexpr (std::is_enum_v<T>) {
    return enum_names<T>;
  } else {
    return {};
  }
}

/// What sessions.reuse_window says instead of a duration.
inline constexpr std::string_view until_used = "until-used";

std::string set_value(std::string& value, const Setting& setting, std::string_view text);
std::string set_value(Secret& value, const Setting& setting, std::string_view text);
std::string set_value(std::vector<std::string>& value, const Setting& setting, std::string_view text);
std::string set_value(bool& value, const Setting& setting, std::string_view text);
std::string set_value(std::chrono::seconds& value, const Setting& setting, std::string_view text);
std::string set_value(
    std::optional<std::chrono::seconds>& value, const Setting& setting, std::string_view text
);
std::string set_number(std::int64_t& value, const Setting& setting, std::string_view text);
std::string set_choice(std::size_t& index, const Setting& setting, std::string_view text);

std::string text_of(const std::string& value);
std::string text_of(const Secret& value);  ///< never the secret itself
std::string text_of(const std::vector<std::string>& value);
std::string text_of(bool value);
std::string text_of(std::chrono::seconds value);
std::string text_of(const std::optional<std::chrono::seconds>& value);

template <class T>
  requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
std::string set_value(T& value, const Setting& setting, std::string_view text)
{
  std::int64_t number = 0;
  std::string reason = set_number(number, setting, text);
  if (reason.empty()) {
    value = static_cast<T>(number);
  }
  return reason;
}

template <class E>
  requires std::is_enum_v<E>
std::string set_value(E& value, const Setting& setting, std::string_view text)
{
  std::size_t index = 0;
  std::string reason = set_choice(index, setting, text);
  if (reason.empty()) {
    value = static_cast<E>(index);
  }
  return reason;
}

template <class T>
  requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
std::string text_of(T value)
{
  return std::to_string(value);
}

template <class E>
  requires std::is_enum_v<E>
std::string text_of(E value)
{
  return std::string{enum_names<E>[static_cast<std::size_t>(value)]};
}

}  // namespace usher::config
