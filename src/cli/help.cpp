#include "cli/help.hpp"

#include "cli/command.hpp"
#include "config/print.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace usher::cli {
namespace {

constexpr std::string_view only_help = R"(
Common options:
  -h, --help         this text
)";

constexpr std::string_view common_options = R"(
Common options:
  --data DIR         data directory (default ./usher-data)
  --db URL           database (default sqlite: in the data directory)
  --config FILE      settings (default usher.toml in the working directory, if it is there)
  -h, --help         this text
Every setting of docs/configuration.md is a flag as well; `usher config --help` lists them.
)";

const Command* find_command(std::string_view path)
{
  const auto all = all_commands();
  const auto found = std::ranges::find(all, path, &Command::path);
  return found == all.end() ? nullptr : &*found;
}

std::string usage_line(const Command& command)
{
  std::string line = fmt::format("usher {}", command.path);
  for (const Word& word : command.arguments) {
    line += word.required ? fmt::format(" {}", word.name) : fmt::format(" [{}]", word.name);
  }
  return command.options.empty() ? line : line + " [options]";
}

std::string word_lines(std::string_view title, std::span<const Word> words)
{
  if (words.empty()) {
    return {};
  }
  std::string text = fmt::format("\n{}:\n", title);
  for (const Word& word : words) {
    const bool option = word.name.starts_with("--");
    const std::string name =
        option && !word.value.empty() ? fmt::format("{} {}", word.name, word.value) : std::string{word.name};
    text += fmt::format("  {:<24} {}{}\n", name, word.doc, option && word.required ? " (required)" : "");
  }
  return text;
}

std::string help_of(const Command& command)
{
  std::string text =
      fmt::format("usher {} - {}\n\nUsage: {}\n", command.path, command.summary, usage_line(command));
  if (!command.details.empty()) {
    text += fmt::format("\n{}", command.details);
  }
  text += word_lines("Arguments", command.arguments) + word_lines("Options", command.options);
  return text += command.takes_settings ? common_options : only_help;
}

std::string list(std::string_view group)
{
  std::string text;
  for (const Command& command : all_commands()) {
    if (group.empty() || command.path.starts_with(std::string{group} + " ")) {
      text += fmt::format("  {:<20} {}\n", command.path, command.summary);
    }
  }
  return text;
}

constexpr std::string_view program_help = R"(usher - users and tokens for your services

Usage: usher COMMAND [options]

Start with:
  usher serve                        in any folder: makes its data, prints a link for the first administrator
  usher user add a@example.com --name Ada --age 36 --admin
  usher config                       what is set, and where it comes from

Commands:
{}
`usher COMMAND --help` says more about each.
Exit status: 0 done, 1 the answer is no, 64 wrong usage, 65 wrong data, 66 not there, 69 port or service not
available, 70 a bug, 73 cannot create, 75 busy, 77 no permission, 78 wrong settings.
)";

}  // namespace

std::string help(std::string_view path)
{
  if (path.empty()) {
    return fmt::format(program_help, list(""));
  }
  const Command* command = find_command(path);
  if (command == nullptr) {
    return fmt::format("Usage: usher {} COMMAND\n\nCommands:\n{}", path, list(path));
  }
  std::string text = help_of(*command);
  if (path == "config" || path == "serve") {
    text += "\nSettings:\n" + config::flag_list();
  }
  return text;
}

std::string command_page()
{
  std::string page = fmt::format(
      "# The command line\n\nThis page is made by `usher help --markdown`; edit the tables in `src/cli/` "
      "instead.\n\n"
      "```\n{}```\n",
      help("")
  );
  for (const Command& command : all_commands()) {
    page += fmt::format("\n## usher {}\n\n```\n{}```\n", command.path, help_of(command));
  }
  return page;
}

}  // namespace usher::cli
