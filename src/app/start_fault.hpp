#pragma once

#include "base/fault.hpp"

#include <string>

namespace usher::app {

/// What keeps a command or the server from starting, with the exit status (sysexits.h) that tells a
/// supervisor whether another try makes sense. The text is one line with its cure.
class StartFault : public Fault {
 public:
  StartFault(int status, const std::string& line) : Fault{line}, status_{status} {}

  int status() const noexcept { return status_; }

 private:
  int status_;
};

}  // namespace usher::app
