// SPDX-License-Identifier: Apache-2.0
// Signals: those that a host obeys, read from a descriptor by the main thread.
#pragma once

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace sluice::cli {

/// Made before any thread is, which then have them blocked too.
class Signals {
 public:
  Signals() {
    sigset_t set;
    sigemptyset(&set);
    for (int signal : {SIGHUP, SIGTERM, SIGINT}) sigaddset(&set, signal);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    signal(SIGPIPE, SIG_IGN);
    descriptor_ = signalfd(-1, &set, SFD_CLOEXEC);
  }
  ~Signals() { ::close(descriptor_); }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  int descriptor() const { return descriptor_; }
  /// The next one; 0 when there is none.
  int take() {
    signalfd_siginfo info{};
    return ::read(descriptor_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)
               ? static_cast<int>(info.ssi_signo)
               : 0;
  }

 private:
  int descriptor_ = -1;
};

}  // namespace sluice::cli
