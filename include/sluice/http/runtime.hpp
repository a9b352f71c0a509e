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

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

namespace sluice::http {

struct RuntimeOptions {
  unsigned workers =
      0;  ///< Threads, each with its own event loop, listeners and connection pools. 0: one per processor.
  /// How long at most a worker that has nothing to do looks for events before it sleeps, while they keep coming that
  /// soon and few requests are under way. It spares short exchanges the waking of a thread, for processor time that
  /// would be idle. 0: sleeps at once.
  std::chrono::microseconds poll_time{200};
  /// Workers with much to do at once send and receive for many connections in one call of the system, where it has
  /// io_uring (Linux 6.1) and lets them.
  bool io_uring = true;
  HttpLimits limits;  ///< Of the client; a server has its own in `ServerOptions`.
  ClientTls tls;
};

/// An event loop of the host program's own, on which a runtime may live in place of threads. AsioLoop (asio.hpp) is
/// the one for Boost.Asio; a host with another loop implements this.
class HostLoop {
 public:
  virtual ~HostLoop() = default;
  /// Calls `ready` when `descriptor` is readable, and again as long as it is, never within another such call.
  virtual void watch(int descriptor, std::function<void()> ready) = 0;
  /// `ready` is not called any more. The descriptor stays open.
  virtual void unwatch() = 0;
  /// Calls `action` once, later, from where `ready` is called.
  virtual void post(std::function<void()> action) = 0;
};

class Server;

/// Owns the workers. Servers made on it must have stopped, and tasks that wait on its clock or transport must have
/// ended, before it is destroyed.
class Runtime {
 public:
  explicit Runtime(RuntimeOptions options = {});
  /// On the host's loop, which outlives the runtime: one worker, run by the loop. The runtime and its servers are then
  /// made, used and destroyed by code that the loop runs (not from within a handler of the server), or while nothing
  /// runs it; clock and transport may be asked from anywhere. Nothing here may block the loop: `drain` a
  /// server.
  explicit Runtime(HostLoop& loop, RuntimeOptions options = {});
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  unsigned workers() const;
  /// Timers on the current worker. Waits end up to 20 ms late, never early.
  Clock& clock();
  /// The pooled client of the current worker. HTTP/1.1 and HTTP/2 over TCP or TLS.
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
