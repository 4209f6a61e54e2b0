#pragma once

namespace usher::app {

/// Blocks SIGTERM, SIGINT and SIGHUP in this thread and in all it starts from now on, so that they are
/// answered by wait() alone and no handler ever interrupts anything. SIGPIPE is ignored.
class Signals {
 public:
  Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals();

  /// The next of them.
  int wait() const;  // NOLINT(readability-convert-member-functions-to-static): only who holds them may

  /// From now on SIGTERM and SIGINT end the process at once, as they do by nature.
  void let_go();  // NOLINT(readability-convert-member-functions-to-static)
};

}  // namespace usher::app
