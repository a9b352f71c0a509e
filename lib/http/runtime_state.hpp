// SPDX-License-Identifier: Apache-2.0
// What a Runtime is made of.
#pragma once

#include "http/client_transport.hpp"
#include "http/worker.hpp"
#include "http/worker_clock.hpp"

#include <sluice/http/runtime.hpp>

#include <atomic>
#include <memory>
#include <vector>

namespace sluice::http {

class Runtime::State {
 public:
  /// `host`: runs the one worker then; null: threads.
  State(RuntimeOptions options, HostLoop* host);
  ~State();

  std::vector<std::unique_ptr<Worker>>& workers() { return workers_; }
  /// The current worker when it is one of these, else the next in turn.
  Worker& pick();
  Clock& clock() { return clock_; }
  ClientTransport& transport() { return transport_; }

 private:
  std::vector<std::unique_ptr<Worker>> workers_;
  std::atomic<unsigned> turn_{0};
  WorkerClock clock_;
  ClientTransport transport_;
};

}  // namespace sluice::http
