#pragma once

#include <stdexcept>

namespace usher {

/// The machine failed us: database gone, disk full, no entropy. Caught once, in http/dispatch.cpp (or by the
/// command line). The text is for the log; no client ever sees it.
class Fault : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A fault that is expected to pass: the database is locked, full or away. Answered 503 with Retry-After.
class PassingFault : public Fault {
 public:
  using Fault::Fault;
};

}  // namespace usher
