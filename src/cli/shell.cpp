#include "cli/command.hpp"
#include "cli/completion.hpp"
#include "cli/healthcheck.hpp"
#include "cli/help.hpp"

#include <array>
#include <ostream>

namespace usher::cli {
namespace {

Status print_completion(const Invocation& invocation, Io& io)
{
  const std::string script = completion(invocation.word("SHELL"));
  if (script.empty()) {
    throw Failure{usage, "SHELL must be bash, zsh or fish"};
  }
  io.out << script;
  return ok;
}

Status print_version(const Invocation& /*invocation*/, Io& io)
{
  io.out << "usher " USHER_VERSION "\n";
  return ok;
}

Status print_help(const Invocation& invocation, Io& io)
{
  io.out << (invocation.given("--markdown") ? command_page() : help(""));
  return ok;
}

Status check_health(const Invocation& invocation, Io& io)
{
  const config::Loaded loaded = settings(invocation);
  const std::string endpoint =
      invocation.given("--at") ? std::string{invocation.word("--at")} : loaded.config.http.listen.front();
  const std::string trouble = problem_with_server(endpoint, !loaded.config.tls.cert.empty());
  if (trouble.empty()) {
    return ok;
  }
  io.err << "usher: " << trouble << '\n';
  return failed;
}

constexpr std::array completion_arguments{Word{"SHELL", "", "bash, zsh or fish", true}};
constexpr std::array healthcheck_options{
    Word{"--at", "HOST:PORT", "where the server listens (default: the first of http.listen)"}
};
constexpr std::array help_arguments{Word{"COMMAND", "", "one or two words, such as user add"}};
constexpr std::array help_options{Word{"--markdown", "", "the reference page docs/cli.md instead"}};

constexpr std::string_view completion_details = R"(Prints a script that completes commands and options.

Examples:
  source <(usher completion bash)
  usher completion fish >~/.config/fish/completions/usher.fish
)";

constexpr std::string_view help_details = R"(Examples:
  usher help
  usher help user add
)";

constexpr std::string_view healthcheck_details =
    R"(Asks /readyz of a running server: exit status 0 when it is ready, 1 when it is not or does not answer within 5 s.
With TLS only whether it accepts connections.

Example:
  HEALTHCHECK CMD ["usher", "healthcheck"]
)";

constexpr std::array commands{
    Command{
        .path = "healthcheck",
        .summary = "whether a running server is ready",
        .details = healthcheck_details,
        .options = healthcheck_options,
        .run = check_health
    },
    Command{
        .path = "completion",
        .summary = "a script that completes commands in your shell",
        .details = completion_details,
        .arguments = completion_arguments,
        .run = print_completion,
        .takes_settings = false
    },
    Command{
        .path = "version",
        .summary = "the version",
        .details = "",
        .run = print_version,
        .takes_settings = false
    },
    Command{
        .path = "help",
        .summary = "the list of commands, or the help of one",
        .details = help_details,
        .arguments = help_arguments,
        .options = help_options,
        .run = print_help,
        .takes_settings = false
    },
};

}  // namespace

std::span<const Command> shell_commands()
{
  return commands;
}

}  // namespace usher::cli
