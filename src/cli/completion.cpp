#include "cli/completion.hpp"

#include "cli/command.hpp"

#include <fmt/format.h>

#include <set>

namespace usher::cli {
namespace {

/// "user add" below "user": "add"; nothing when `path` is not below `group`.
std::string_view next_word(std::string_view path, std::string_view group)
{
  if (!group.empty()) {
    if (!path.starts_with(group) || path.size() <= group.size() || path[group.size()] != ' ') {
      return {};
    }
    path.remove_prefix(group.size() + 1);
  }
  return path.substr(0, path.find(' '));
}

std::string joined(const std::set<std::string>& words)
{
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

std::string words_below(std::string_view group)
{
  std::set<std::string> words;
  for (const Command& command : all_commands()) {
    if (const std::string_view word = next_word(command.path, group); !word.empty()) {
      words.emplace(word);
    }
  }
  return joined(words);
}

std::set<std::string> groups()
{
  std::set<std::string> found;
  for (const Command& command : all_commands()) {
    if (const std::size_t space = command.path.find(' '); space != std::string_view::npos) {
      found.emplace(command.path.substr(0, space));
    }
  }
  return found;
}

std::string options_of(const Command& command)
{
  std::set<std::string> words{"--help"};
  for (const Word& option : command.options) {
    words.emplace(option.name);
  }
  if (!command.takes_settings) {
    return joined(words);
  }
  words.emplace("--config");
  for (const config::Setting& setting : config::all_settings()) {
    if (!setting.secret() && (!setting.rule.short_flag.empty() || command.path == "serve")) {
      words.insert(setting.flag());
      words.emplace(setting.rule.short_flag);
    }
  }
  words.erase("");
  return joined(words);
}

/// A shell function that prints what may come next, for bash and zsh alike.
std::string candidates_function()
{
  std::string text = "_usher_candidates() {\n  case \"$1\" in\n";
  text += fmt::format("    '') echo '{} --help --version' ;;\n", words_below(""));
  for (const std::string& group : groups()) {
    text += fmt::format("    '{}') echo '{}' ;;\n", group, words_below(group));
  }
  for (const Command& command : all_commands()) {
    text += fmt::format("    '{}') echo '{}' ;;\n", command.path, options_of(command));
  }
  return text + "  esac\n}\n";
}

constexpr std::string_view bash_tail = R"sh(_usher() {
  local word next path=''
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) break ;; esac
    next="${path:+$path }$word"
    [ -n "$(_usher_candidates "$next")" ] || break
    path=$next
  done
  COMPREPLY=($(compgen -W "$(_usher_candidates "$path")" -- "${COMP_WORDS[COMP_CWORD]}"))
  [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _usher usher
)sh";

constexpr std::string_view zsh_tail = R"sh(_usher() {
  local word next path_typed=''
  for word in "${words[@]:1:$((CURRENT-2))}"; do
    [[ "$word" == -* ]] && break
    next="${path_typed:+$path_typed }$word"
    [[ -n "$(_usher_candidates "$next")" ]] || break
    path_typed=$next
  done
  compadd -- ${=$(_usher_candidates "$path_typed")}
  _files
}
compdef _usher usher
)sh";

std::string fish()
{
  std::string text = "complete -c usher -f\n";
  for (const Command& command : all_commands()) {
    const std::size_t space = command.path.find(' ');
    const std::string_view first = command.path.substr(0, space);
    const std::string condition = space == std::string_view::npos
                                      ? std::string{"__fish_use_subcommand"}
                                      : fmt::format("__fish_seen_subcommand_from {}", first);
    const std::string_view word = space == std::string_view::npos ? first : command.path.substr(space + 1);
    text += fmt::format("complete -c usher -n '{}' -a '{}' -d '{}'\n", condition, word, command.summary);
    for (const Word& option : command.options) {
      text += fmt::format(
          "complete -c usher -n '__fish_seen_subcommand_from {}' -l '{}'{} -d '{}'\n",
          word,
          option.name.substr(2),
          option.value.empty() ? "" : " -r",
          option.doc
      );
    }
  }
  for (const std::string& group : groups()) {
    text += fmt::format("complete -c usher -n __fish_use_subcommand -a '{}'\n", group);
  }
  return text;
}

}  // namespace

std::string completion(std::string_view shell)
{
  if (shell == "bash") {
    return candidates_function() + std::string{bash_tail};
  }
  if (shell == "zsh") {
    return "#compdef usher\n" + candidates_function() + std::string{zsh_tail};
  }
  return shell == "fish" ? fish() : "";
}

}  // namespace usher::cli
