#pragma once

#include "cli/cli.hpp"
#include "testing/database.hpp"

#include <gmock/gmock.h>

#include <initializer_list>
#include <sstream>
#include <string>
#include <vector>

namespace usher::cli {

/// Commands on a data directory of their own.
class CommandLine : public ::testing::Test {
 protected:
  struct Outcome {
    Status status;
    std::string out;
    std::string err;
  };

  /// `usher` with these words, and --data where a command takes it.
  Outcome run(std::vector<std::string> words, const std::string& input = "") const
  {
    words.emplace_back("--data");
    words.emplace_back(data());
    return run_bare(words, input);
  }

  static Outcome run_bare(const std::vector<std::string>& words, const std::string& input = "")
  {
    std::istringstream in{input};
    std::ostringstream out;
    std::ostringstream err;
    Io io{.in = in, .out = out, .err = err};
    const Status status = usher::cli::run(words, io);
    return {.status = status, .out = out.str(), .err = err.str()};
  }

  std::string data() const { return folder_.path() / "data"; }
  std::string file(const std::string& name) const { return folder_.path() / name; }

 private:
  usher::testing::TempFolder folder_;
};

}  // namespace usher::cli
