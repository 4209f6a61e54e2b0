#pragma once

#include "config/load.hpp"

#include <sysexits.h>

#include <functional>
#include <iosfwd>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace usher::cli {

/// sysexits.h, by what they mean here.
enum Status : int {
  ok = EX_OK,
  failed = 1,  ///< the answer is no: token not valid, server not healthy
  usage = EX_USAGE,
  data_wrong = EX_DATAERR,       ///< a file or standard input is not what it should be; the database is newer
  not_there = EX_NOINPUT,        ///< a file, the database or a user
  unavailable = EX_UNAVAILABLE,  ///< port taken, server not there
  bug = EX_SOFTWARE,
  cannot_create = EX_CANTCREAT,
  try_again = EX_TEMPFAIL,  ///< the database is locked, or hashing is busy
  no_permission = EX_NOPERM,
  config_wrong = EX_CONFIG,
};

/// What a command reads and writes; the tests hand in their own.
struct Io {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
};

/// A word after the command (`name` "EMAIL") or an option (`name` "--role"; `value` "" makes it a switch).
struct Word {
  std::string_view name;
  std::string_view value;
  std::string_view doc;
  bool required{false};
};

/// What was typed, sorted out.
struct Invocation {
  std::map<std::string, std::string, std::less<>> words;  ///< by Word::name; only what was given
  config::Sources sources;

  bool given(std::string_view name) const { return words.contains(name); }
  /// Empty when it was not given.
  std::string_view word(std::string_view name) const
  {
    const auto found = words.find(name);
    return found == words.end() ? std::string_view{} : std::string_view{found->second};
  }
};

/// One command; each has a file of its own.
struct Command {
  std::string_view path;  ///< "user add"
  std::string_view summary;
  std::string_view details;  ///< for --help: what it does, then examples
  std::span<const Word> arguments{};
  std::span<const Word> options{};
  Status (*run)(const Invocation&, Io&){nullptr};
  bool takes_settings{true};  ///< reads usher.toml, data directory and the like
};

/// Ends a command with a line on standard error.
struct Failure {
  Status status;
  std::string line;
};

/// All of them, in the order of `usher --help`.
std::span<const Command> all_commands();

/// Settings in force, or throws Failure with one line for each that is wrong.
config::Loaded settings(const Invocation& invocation);

std::span<const Command> serve_commands();
std::span<const Command> config_commands();
std::span<const Command> user_commands();
std::span<const Command> client_commands();
std::span<const Command> key_commands();
std::span<const Command> token_commands();
std::span<const Command> document_commands();
std::span<const Command> shell_commands();

}  // namespace usher::cli
