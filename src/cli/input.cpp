#include "cli/input.hpp"

#include <termios.h>
#include <unistd.h>

#include <fstream>
#include <iostream>

namespace usher::cli {
namespace {

std::string read_all(std::istream& in, const std::string& path)
{
  std::string text(input_bytes_max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > input_bytes_max) {
    throw Failure{data_wrong, path + " is longer than a MiB"};
  }
  return text;
}

/// Typed characters are not shown while it lives.
class Silence {
 public:
  Silence() : silenced_{::tcgetattr(STDIN_FILENO, &before_) == 0}
  {
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silenced_ = silenced_ && ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  ~Silence()
  {
    if (silenced_) {
      ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
  }

 private:
  termios before_{};
  bool silenced_;
};

Secret ask(std::string_view prompt, Io& io)
{
  io.err << prompt << std::flush;
  const Silence silence;
  std::string line;
  std::getline(io.in, line);
  io.err << '\n';
  return Secret{std::move(line)};
}

Secret ask_twice(Io& io)
{
  Secret first = ask("Password: ", io);
  const Secret second = ask("Again: ", io);
  if (first.reveal() != second.reveal()) {
    throw Failure{data_wrong, "the two passwords differ; nothing was changed"};
  }
  return first;
}

Secret without_newline(std::string text)
{
  if (text.ends_with('\n')) {
    text.pop_back();
  }
  if (text.ends_with('\r')) {
    text.pop_back();
  }
  return Secret{std::move(text)};
}

}  // namespace

std::string read_input(const std::string& path, Io& io)
{
  if (path.empty() || path == "-") {
    return read_all(io.in, "standard input");
  }
  std::ifstream in{path, std::ios::binary};
  if (!in) {
    throw Failure{not_there, path + " cannot be read"};
  }
  return read_all(in, path);
}

Secret read_password(const Invocation& invocation, Io& io)
{
  Secret password;
  if (invocation.given("--password-file")) {
    password = without_newline(read_input(std::string{invocation.word("--password-file")}, io));
  } else if (&io.in == &std::cin && ::isatty(STDIN_FILENO) == 1) {
    password = ask_twice(io);
  } else {
    std::string line;
    std::getline(io.in, line);
    password = without_newline(std::move(line));
  }
  if (password.empty()) {
    throw Failure{
        data_wrong, "the password is empty; type it, pipe it in, or name a file with --password-file"
    };
  }
  return password;
}

}  // namespace usher::cli
