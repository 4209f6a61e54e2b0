#include "config/setting.hpp"

#include "config/config.hpp"

#include <algorithm>
#include <vector>

namespace usher::config {
namespace {

/// The one list of sections.
std::vector<Setting> collected()
{
  std::vector<Setting> all;
  for (const auto section :
       {http_settings(),
        data_settings(),
        tokens_settings(),
        revocations_settings(),
        accounts_settings(),
        passwords_settings(),
        limits_settings(),
        system_settings()}) {
    all.insert(all.end(), section.begin(), section.end());
  }
  return all;
}

}  // namespace

std::string Setting::flag() const
{
  std::string text = "--" + std::string{name};
  std::ranges::replace(text, '.', '-');
  std::ranges::replace(text, '_', '-');
  return text;
}

std::string Setting::variable() const
{
  std::string text = "USHER_" + std::string{name};
  for (char& c : text) {
    if (c == '.') {
      c = '_';
    } else if (c >= 'a' && c <= 'z') {
      c = static_cast<char>(c - 'a' + 'A');
    }
  }
  return text;
}

std::span<const Setting> all_settings()
{
  static const std::vector<Setting> all = collected();
  return all;
}

const Setting* find_setting(std::string_view name)
{
  const auto all = all_settings();
  const auto found = std::ranges::find(all, name, &Setting::name);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace usher::config
