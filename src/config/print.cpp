#include "config/print.hpp"

#include "base/time.hpp"

#include <fmt/format.h>

namespace usher::config {
namespace {

std::string_view section_of(const Setting& setting)
{
  const std::size_t dot = setting.name.find('.');
  return dot == std::string_view::npos ? std::string_view{} : setting.name.substr(0, dot);
}

std::string_view key_of(const Setting& setting)
{
  const std::size_t dot = setting.name.find('.');
  return dot == std::string_view::npos ? setting.name : setting.name.substr(dot + 1);
}

/// A JSON string, which is a TOML basic string as well.
std::string quoted(std::string_view text)
{
  std::string out{"\""};
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out.append(1, '\\').append(1, c);
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string as_toml(const Setting& setting, const std::string& value)
{
  if (setting.kind == Kind::number || setting.kind == Kind::flag) {
    return value;
  }
  if (setting.kind != Kind::list) {
    return quoted(value);
  }
  std::string list;
  for (std::size_t from = 0; from < value.size();) {
    const std::size_t comma = std::min(value.find(',', from), value.size());
    list += (list.empty() ? "" : ", ") + quoted(value.substr(from, comma - from));
    from = comma + 1;
  }
  return "[" + list + "]";
}

std::string form_of(const Setting& setting)
{
  std::string text;
  switch (setting.kind) {
    case Kind::text: return "text";
    case Kind::secret: return "secret";
    case Kind::list: return "list";
    case Kind::flag: return "`true` or `false`";
    case Kind::choice:
      for (const std::string_view choice : setting.choices) {
        text += fmt::format("{}`{}`", text.empty() ? "" : ", ", choice);
      }
      return text;
    case Kind::number: return fmt::format("{} to {}", setting.rule.min, setting.rule.max);
    case Kind::duration: break;
  }
  const auto shown = [](std::int64_t seconds) {
    return seconds == 0 ? std::string{"0"} : format_duration(std::chrono::seconds{seconds});
  };
  return fmt::format("duration, {} to {}", shown(setting.rule.min), shown(setting.rule.max));
}

std::string flags_of(const Setting& setting)
{
  if (setting.secret()) {
    return "";
  }
  const std::string_view also = setting.rule.short_flag;
  return also.empty() || also == setting.flag() ? "`" + setting.flag() + "`"
                                                : fmt::format("`{}`, `{}`", also, setting.flag());
}

void describe(std::string& page, const Setting& setting, const Config& defaults)
{
  const std::string value = setting.get(defaults);
  page += fmt::format("### `{}`\n\n{}\n\n", setting.name, setting.doc);
  page += fmt::format("- Default: {}\n", value.empty() ? "none" : "`" + value + "`");
  page += fmt::format("- Value: {}\n", form_of(setting));
  page += fmt::format(
      "- Environment: `{}`{}\n",
      setting.variable(),
      setting.secret() ? fmt::format(", or `{}_FILE` naming a file", setting.variable()) : ""
  );
  if (setting.secret()) {
    page += "- Never a flag, never in `usher.toml`; shown masked\n";
  } else {
    page += fmt::format("- Flag: {}\n", flags_of(setting));
  }
  if (setting.rule.reloadable) {
    page += "- Read again on SIGHUP\n";
  }
  page += '\n';
}

constexpr std::string_view introduction = R"(# Settings

This page is made by `usher config --markdown`; edit the table in `src/config/` instead.

Flags stand over the environment, the environment over `usher.toml`, `usher.toml` over the defaults. A setting has
one name everywhere: `tokens.access_ttl` is the flag `--tokens-access-ttl`, the variable `USHER_TOKENS_ACCESS_TTL`,
and the key `access_ttl` in the table `[tokens]` of `usher.toml`:

```toml
compat = "off"

[tokens]
access_ttl = "15m"

[http]
listen = ["127.0.0.1:8080", "[::1]:8080"]
```

`usher.toml` is looked for in the working directory; `--config FILE` or `USHER_CONFIG` names another. Durations are
`90s`, `15m`, `24h`, `30d` or whole seconds; numbers of bytes may be `64k` or `1m`; lists in flags and variables are
separated by commas. A key that is not on this page, a value out of its range and settings that contradict one
another stop the start with a line that says what is wrong, where, and what to write instead. `usher config` prints
what is in force and where each value came from.

)";

}  // namespace

std::string in_force(const Loaded& loaded)
{
  // Keys without a section must come before the first table, or TOML would count them into it.
  std::string head;
  std::string tables;
  std::string_view section;
  for (const Setting& setting : all_settings()) {
    const std::string_view own = section_of(setting);
    if (!own.empty() && own != section) {
      tables += fmt::format("\n[{}]\n", own);
      section = own;
    }
    const std::string text = as_toml(setting, setting.get(loaded.config));
    const std::string line = fmt::format("{}{} = {}", setting.secret() ? "# " : "", key_of(setting), text);
    (own.empty() ? head : tables) += fmt::format("{:<48} # {}\n", line, loaded.origin_of(setting.name));
  }
  return head + tables;
}

std::string in_force_json(const Loaded& loaded)
{
  std::string members;
  for (const Setting& setting : all_settings()) {
    members += fmt::format(
        R"({}{}:{{"value":{},"origin":{}}})",
        members.empty() ? "" : ",",
        quoted(setting.name),
        as_toml(setting, setting.get(loaded.config)),
        quoted(loaded.origin_of(setting.name))
    );
  }
  return "{" + members + "}\n";
}

std::string reference_page()
{
  std::string page{introduction};
  const Config defaults;
  std::string_view section{"-"};
  for (const Setting& setting : all_settings()) {
    if (section_of(setting) != section) {
      section = section_of(setting);
      page += section.empty() ? std::string{"## Without a section\n\n"} : fmt::format("## {}\n\n", section);
    }
    describe(page, setting, defaults);
  }
  page.pop_back();
  return page;
}

std::string flag_list()
{
  std::string text;
  for (const Setting& setting : all_settings()) {
    if (!setting.secret()) {
      const std::string_view also = setting.rule.short_flag;
      const bool both = !also.empty() && also != setting.flag();
      text += fmt::format(
          "  {:<32} {}\n", both ? fmt::format("{}, {}", also, setting.flag()) : setting.flag(), setting.doc
      );
    }
  }
  return text;
}

}  // namespace usher::config
