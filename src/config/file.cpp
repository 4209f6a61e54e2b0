#include "config/file.hpp"

#include "config/load.hpp"

#include <toml++/toml.h>

#include <algorithm>

namespace usher::config {
namespace {

std::string at(const toml::source_region& source, const std::string& path)
{
  return path + ":" + std::to_string(source.begin.line);
}

std::string at_column(const toml::source_region& source, const std::string& path)
{
  return at(source, path) + ":" + std::to_string(source.begin.column);
}

/// A list's members, comma-separated; nothing when one is not plain text.
std::optional<std::string> joined(const toml::array& members)
{
  std::string text;
  for (const toml::node& member : members) {
    const auto word = member.value_exact<std::string_view>();
    if (!word || word->find(',') != std::string_view::npos) {
      return std::nullopt;
    }
    text.append(text.empty() ? "" : ",").append(*word);
  }
  return text;
}

/// The value as Setting::set reads it, when TOML's type is one that the setting can have.
std::optional<std::string> value_of(const toml::node& node, Kind kind)
{
  auto text = node.value_exact<std::string>();
  const auto number = node.value_exact<std::int64_t>();
  switch (kind) {
    case Kind::text:
    case Kind::choice: return text;
    case Kind::list: return node.is_array() ? joined(*node.as_array()) : text;
    case Kind::number:
    case Kind::duration: return number ? std::to_string(*number) : text;
    case Kind::flag:
      if (const auto flag = node.value_exact<bool>()) {
        return *flag ? "true" : "false";
      }
      return std::nullopt;
    case Kind::secret: break;
  }
  return std::nullopt;
}

std::string_view expected(Kind kind)
{
  switch (kind) {
    case Kind::list: return "must be a list of strings";
    case Kind::number: return "must be a whole number";
    case Kind::duration: return "must be a duration in quotes such as \"15m\", or whole seconds";
    case Kind::flag: return "must be true or false, without quotes";
    case Kind::text:
    case Kind::choice: return "must be a string in quotes";
    case Kind::secret: break;
  }
  return "is a secret and does not belong into this file";
}

std::vector<std::string> setting_names()
{
  std::vector<std::string> names;
  for (const Setting& setting : all_settings()) {
    names.emplace_back(setting.name);
  }
  return names;
}

class Reading {
 public:
  explicit Reading(const std::string& path) : path_{path} {}

  void document(const toml::table& table)
  {
    for (const auto& [key, node] : table) {
      const std::string name{key.str()};
      const toml::table* const inside = node.as_table();
      if (inside != nullptr && is_section(name)) {
        section(name, *inside);
      } else {
        entry(name, key, node);
      }
    }
  }

  FileSettings take_found() && { return std::move(found_); }

 private:
  static bool is_section(const std::string& name)
  {
    return std::ranges::any_of(all_settings(), [&](const Setting& setting) {
      return setting.name.starts_with(name + ".");
    });
  }

  void section(const std::string& name, const toml::table& table)
  {
    for (const auto& [key, node] : table) {
      entry(name + "." + std::string{key.str()}, key, node);
    }
  }

  void entry(const std::string& name, const toml::key& key, const toml::node& node)
  {
    if (const Setting* setting = find_setting(name)) {
      take(*setting, node);
      return;
    }
    found_.wrong.push_back(
        name + " (" + at_column(key.source(), path_) + ") is not a setting" +
        suggestion(name, setting_names())
    );
  }

  void take(const Setting& setting, const toml::node& node)
  {
    std::optional<std::string> value = value_of(node, setting.kind);
    if (value) {
      found_.settings.push_back({&setting, *std::move(value), at(node.source(), path_)});
      return;
    }
    std::string line{setting.name};
    line.append(" (").append(at_column(node.source(), path_)).append(") ").append(expected(setting.kind));
    if (setting.secret()) {
      line.append("; use ")
          .append(setting.variable())
          .append(" or ")
          .append(setting.variable())
          .append("_FILE");
    }
    found_.wrong.push_back(std::move(line));
  }

  const std::string& path_;
  FileSettings found_;
};

}  // namespace

FileSettings parse_file(std::string_view text, const std::string& path)
{
  try {
    const toml::table table = toml::parse(text, path);
    Reading reading{path};
    reading.document(table);
    return std::move(reading).take_found();
  } catch (const toml::parse_error& error) {
    return {.wrong = {at_column(error.source(), path) + " is not TOML: " + std::string{error.description()}}};
  }
}

}  // namespace usher::config
