#include "cli/command.hpp"
#include "config/checks.hpp"
#include "config/print.hpp"

#include <array>
#include <ostream>

namespace usher::cli {
namespace {

Status print_config(const Invocation& invocation, Io& io)
{
  if (invocation.given("--markdown")) {
    io.out << config::reference_page();
    return ok;
  }
  const config::Loaded loaded = settings(invocation);
  io.out << (invocation.given("--json") ? config::in_force_json(loaded) : config::in_force(loaded));
  for (const auto& warnings : {loaded.warnings, config::second_thoughts(loaded.config)}) {
    for (const std::string& line : warnings) {
      io.err << "usher: warning: " << line << '\n';
    }
  }
  return ok;
}

constexpr std::string_view details =
    R"(Prints every setting in force and where it came from, as it could stand in usher.toml; secrets are masked. The exit
status is 78 when a setting is wrong, so it checks a configuration before a restart.

Examples:
  usher config
  usher config --config /etc/usher/usher.toml >/dev/null && systemctl restart usher
)";

constexpr std::array options{
    Word{"--json", "", "as one JSON object"},
    Word{"--markdown", "", "the reference page docs/configuration.md instead"},
};

constexpr std::array commands{
    Command{
        .path = "config",
        .summary = "what is set, and where it comes from",
        .details = details,
        .options = options,
        .run = print_config
    },
};

}  // namespace

std::span<const Command> config_commands()
{
  return commands;
}

}  // namespace usher::cli
