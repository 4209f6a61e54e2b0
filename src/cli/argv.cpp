#include "cli/argv.hpp"

#include "cli/help.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <deque>
#include <ranges>

namespace usher::cli {
namespace {

/// Where CLI11 puts what it finds, and what we make of it. Its config files and environment are not used: a
/// file would stand over the environment there.
class Line {
 public:
  Line()
  {
    root_.set_help_flag("-h,--help");
    root_.add_flag("-V,--version", version_);
    root_.add_option("--config", file_);
    root_.fallthrough();
    for (const config::Setting& setting : config::all_settings()) {
      add_setting(setting);
    }
    for (const Command& command : all_commands()) {
      add_command(command);
    }
  }

  Asked read(std::vector<std::string> arguments)
  {
    std::ranges::reverse(arguments);  // CLI11 takes them from the back
    try {
      root_.parse(std::move(arguments));
    } catch (const CLI::CallForHelp&) {
      return {.text = help(path())};
    } catch (const CLI::ExtrasError&) {
      return misused(stranger());
    } catch (const CLI::ParseError& error) {
      return misused(error.what());
    }
    return found();
  }

 private:
  struct Slot {
    const Command* command;
    std::string name;
    CLI::Option* option;
    std::string value;
  };
  struct SettingSlot {
    const config::Setting* setting;
    std::string flag;
    CLI::Option* option;
    std::string value;
  };

  void add_setting(const config::Setting& setting)
  {
    if (setting.secret()) {
      return;
    }
    std::vector<std::string> flags{setting.flag()};
    if (!setting.rule.short_flag.empty() && setting.rule.short_flag != setting.flag()) {
      flags.emplace_back(setting.rule.short_flag);
    }
    for (const std::string& flag : flags) {
      SettingSlot& slot = settings_.emplace_back(&setting, flag, nullptr, "");
      slot.option = root_.add_option(flag, slot.value);
      slot.option->multi_option_policy(
          setting.kind == config::Kind::list ? CLI::MultiOptionPolicy::Join : CLI::MultiOptionPolicy::TakeLast
      );
      slot.option->delimiter(setting.kind == config::Kind::list ? ',' : '\0')->allow_extra_args(false);
      if (setting.kind == config::Kind::flag) {
        slot.option->expected(0, 1)->default_str("true");  // --flag, --flag true and --flag=true are one
      }
    }
  }

  void add_command(const Command& command)
  {
    CLI::App* app = &root_;
    std::string path;
    for (const auto word : std::views::split(command.path, ' ')) {
      const std::string name(word.begin(), word.end());
      path.append(path.empty() ? "" : " ").append(name);
      CLI::App*& inner = apps_[path];
      if (inner == nullptr) {
        inner = app->add_subcommand(name);
      }
      app = inner;
    }
    for (const Word& word : command.arguments) {
      add_word(*app, command, word)->required(word.required);
    }
    for (const Word& word : command.options) {
      add_word(*app, command, word)->required(word.required);
    }
  }

  CLI::Option* add_word(CLI::App& app, const Command& command, const Word& word)
  {
    Slot& slot = slots_.emplace_back(&command, std::string{word.name}, nullptr, "");
    const bool is_switch = word.name.starts_with("--") && word.value.empty();
    slot.option = is_switch ? app.add_flag(slot.name, slot.value) : app.add_option(slot.name, slot.value);
    return slot.option;
  }

  /// The commands typed so far: "user add".
  std::string path() const
  {
    std::string text;
    const CLI::App* app = &root_;
    while (!app->get_subcommands().empty()) {
      app = app->get_subcommands().front();
      text.append(text.empty() ? "" : " ").append(app->get_name());
    }
    return text;
  }

  std::string stranger() const
  {
    const std::vector<std::string> rest = root_.remaining(true);
    std::string word = rest.empty() ? "" : rest.front();
    word = word.substr(0, word.find('='));
    std::vector<std::string> known;
    if (word.starts_with('-')) {
      std::ranges::transform(settings_, std::back_inserter(known), &SettingSlot::flag);
      std::ranges::transform(slots_, std::back_inserter(known), &Slot::name);
      return "there is no option " + word + config::suggestion(word, known);
    }
    std::ranges::transform(all_commands(), std::back_inserter(known), [&](const Command& command) {
      const std::string inside = path();
      const bool below = !inside.empty() && command.path.starts_with(inside + " ");
      return std::string{below ? command.path.substr(inside.size() + 1) : command.path};
    });
    return "\"" + word + "\" is not understood here" + config::suggestion(word, known);
  }

  Asked misused(const std::string& why) const
  {
    const std::string inside = path();
    return {
        .text = "usher: " + why + "\nTry: usher " + inside + (inside.empty() ? "" : " ") + "--help\n",
        .status = usage
    };
  }

  Asked found() const
  {
    if (version_) {
      return {.text = "usher " USHER_VERSION "\n"};
    }
    const std::string typed = path();
    const auto entry = std::ranges::find(all_commands(), std::string_view{typed}, &Command::path);
    if (entry == all_commands().end()) {
      return {.text = help(typed), .status = usage};
    }
    Asked asked{.command = &*entry};
    for (const Slot& slot : slots_) {
      if (slot.command == asked.command && slot.option->count() > 0) {
        asked.invocation.words[slot.name] = slot.value;
      }
    }
    for (const SettingSlot& slot : settings_) {
      if (slot.option->count() > 0) {
        asked.invocation.sources.flags.push_back({std::string{slot.setting->name}, slot.value, slot.flag});
      }
    }
    asked.invocation.sources.file = file_;
    return asked;
  }

  CLI::App root_{"usher"};
  bool version_{false};
  std::string file_;
  std::deque<Slot> slots_;  ///< CLI11 keeps references into it
  std::deque<SettingSlot> settings_;
  std::map<std::string, CLI::App*> apps_;  ///< by the words that lead there
};

}  // namespace

Asked understand(std::span<const std::string> arguments)
{
  std::vector<std::string> words{arguments.begin(), arguments.end()};
  if (words.size() > 1 && words[0] == "help" && !words[1].starts_with('-')) {
    words.erase(words.begin());  // `help user add` is `user add --help`
    words.emplace_back("--help");
  }
  Line line;
  return line.read(std::move(words));
}

}  // namespace usher::cli
