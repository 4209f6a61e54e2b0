#pragma once

#include "config/config.hpp"
#include "config/values.hpp"

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace usher::config {

template <auto Section, auto... Member>
constexpr auto& member_of(auto& config)
{
  if constexpr (sizeof...(Member) == 0) {
    return config.*Section;
  } else {
    return ((config.*Section).*....*Member);
  }
}

/// A line of the table for one member of Config: define<&Config::tokens, &Tokens::leeway>("tokens.leeway",
/// ...). The member's type says how it is read and written (values.hpp).
template <auto Section, auto... Member>
constexpr Setting define(std::string_view name, std::string_view doc, Rule rule)
{
  using T = std::remove_cvref_t<decltype(member_of<Section, Member...>(std::declval<Config&>()))>;
  return {
      .name = name,
      .kind = kind_of<T>(),
      .doc = doc,
      .rule = rule,
      .choices = choices_of<T>(),
      .set = [](Config& config, const Setting& setting, std::string_view text
             ) { return set_value(member_of<Section, Member...>(config), setting, text); },
      .get = [](const Config& config) { return text_of(member_of<Section, Member...>(config)); },
  };
}

}  // namespace usher::config
