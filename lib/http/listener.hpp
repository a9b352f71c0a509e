// SPDX-License-Identifier: Apache-2.0
// One worker's listening socket and the connections that come from it.
#pragma once

#include "http/server_core.hpp"

#include <sluice/error.hpp>

#include <optional>
#include <string_view>

namespace sluice::http {

/// Reads `HOST:PORT`: an address, `localhost`, or `*` for all. **Errors**: internal.
Result<Endpoint> read_listen_address(std::string_view text);

class Listener {
 public:
  Listener(Worker& worker, ServerCore& core);

  /// Binds with SO_REUSEPORT. Before the worker serves it. `first`: no other listener of this server has the port
  /// yet. **Errors**: internal, naming the reason.
  Result<Endpoint> open(const Endpoint& address, bool first);
  /// The rest only on the worker's thread.
  void accept();
  /// Takes what has been queued, then stops.
  void stop_accepting();
  void drain_connections();
  void break_connections();

  ServerShard shard;

 private:
  struct Pause : DeadlineWheel::Entry {
    using Entry::Entry;
    Listener* listener = nullptr;
  };
  /// Takes up to `most` that wait.
  void take(int most);
  /// More wait than one turn takes: finds out for how long, by what has been taken since the last time.
  void measure_line();
  void welcome(Descriptor socket, const Endpoint& from);

  Descriptor socket_;
  EventLoop::Watched watched_;
  bool is_watched_ = false;
  Pause pause_;
  std::uint64_t measured_beat_ = 0;
  SteadyTime measured_at_{};
  std::uint64_t accepted_then_ = 0;
};

}  // namespace sluice::http
