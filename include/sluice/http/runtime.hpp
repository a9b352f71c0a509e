// SPDX-License-Identifier: Apache-2.0
// Runtime: worker threads that share nothing, with the clock and the pooled HTTP client that run on them.
//
// A request stays on the worker that accepted it: whoever asks this clock or this transport from a worker goes on
// on that worker. Called from a foreign thread, they pass the work to one of the workers and resume there.
#pragma once

#include <sluice/clock.hpp>
#include <sluice/http/client.hpp>
#include <sluice/limits.hpp>
#include <sluice/transport.hpp>

#include <memory>
#include <vector>

namespace sluice::http {

struct RuntimeOptions {
  unsigned workers =
      0;              ///< Threads, each with its own event loop, listeners and connection pools. 0: one per processor.
  HttpLimits limits;  ///< Of the client; a server has its own in `ServerOptions`.
  ClientTls tls;
};

class Server;

/// Owns the workers. Servers made on it must have stopped, and tasks that wait on its clock or transport must have
/// ended, before it is destroyed.
class Runtime {
 public:
  explicit Runtime(RuntimeOptions options = {});
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  unsigned workers() const;
  /// Timers on the current worker. Waits end up to 20 ms late, never early.
  Clock& clock();
  /// The pooled client of the current worker. HTTP/1.1 over TCP or TLS.
  Transport& transport();
  /// Sums over all workers; any thread may ask.
  ClientStatistics client_statistics() const;
  /// The same by origin, sorted by name. A moment each; any thread may ask.
  std::vector<OriginStatistics> origin_statistics() const;

  class State;
  State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace sluice::http
