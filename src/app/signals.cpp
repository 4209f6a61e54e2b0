#include "app/signals.hpp"

#include <pthread.h>

#include <csignal>

namespace usher::app {
namespace {

sigset_t ours()
{
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    sigaddset(&set, signal);
  }
  return set;
}

}  // namespace

Signals::Signals()
{
  const sigset_t set = ours();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // The writes that meet a gone peer, or a file at its limit (ulimit -f), fail and are answered for.
  (void)std::signal(SIGPIPE, SIG_IGN);  // NOLINT(cert-err33-c): it cannot fail for these
  (void)std::signal(SIGXFSZ, SIG_IGN);  // NOLINT(cert-err33-c)
}

Signals::~Signals()
{
  let_go();
}

int Signals::wait() const
{
  const sigset_t set = ours();
  int signal = 0;
  while (sigwait(&set, &signal) != 0) {
  }
  return signal;
}

void Signals::let_go()
{
  const sigset_t set = ours();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

}  // namespace usher::app
