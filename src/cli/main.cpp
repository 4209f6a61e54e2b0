#include "app/start_fault.hpp"
#include "base/fault.hpp"
#include "cli/argv.hpp"
#include "cli/cli.hpp"
#include "crypto/random.hpp"

#include <iostream>

namespace usher::cli {
namespace {

/// Every line names the program, so that it can be told apart in a journal.
Status say(Io& io, Status status, std::string_view lines)
{
  for (std::size_t from = 0; from < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', from), lines.size());
    io.err << "usher: " << lines.substr(from, end - from) << '\n';
    from = end + 1;
  }
  return status;
}

std::vector<Command> collected()
{
  std::vector<Command> all;
  for (const auto commands :
       {serve_commands(),
        user_commands(),
        client_commands(),
        key_commands(),
        token_commands(),
        config_commands(),
        document_commands(),
        shell_commands()}) {
    all.insert(all.end(), commands.begin(), commands.end());
  }
  return all;
}

}  // namespace

std::span<const Command> all_commands()
{
  static const std::vector<Command> all = collected();
  return all;
}

config::Loaded settings(const Invocation& invocation)
{
  Result<config::Loaded> loaded = config::load(invocation.sources);
  if (!loaded) {
    throw Failure{config_wrong, loaded.error().detail};
  }
  return std::move(loaded).value();
}

Status run(std::span<const std::string> arguments, Io& io)
{
  Asked asked = understand(arguments);
  if (asked.command == nullptr) {
    (asked.status == ok ? io.out : io.err) << asked.text;
    return asked.status;
  }
  asked.invocation.sources.environment = config::process_environment();
  try {
    crypto::start();
    return asked.command->run(asked.invocation, io);
  } catch (const Failure& failure) {
    return say(io, failure.status, failure.line);
  } catch (const app::StartFault& fault) {
    return say(io, static_cast<Status>(fault.status()), fault.what());
  } catch (const PassingFault& fault) {
    return say(io, try_again, fault.what());
  } catch (const std::exception& fault) {
    return say(io, bug, fault.what());
  }
}

int main(int argc, char** argv)
{
  Io io{.in = std::cin, .out = std::cout, .err = std::cerr};
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const Status status = run(arguments, io);
  std::cout.flush();
  return status;
}

}  // namespace usher::cli
