// SPDX-License-Identifier: Apache-2.0
// The drain of a server that lives on a loop of the host's: nothing waits. The end of the last connection, or a
// deadline, brings it on. Used on the worker's thread.
#pragma once

#include "http/listener.hpp"

#include <functional>
#include <memory>

namespace sluice::http {

/// For handlers to notice that they have been cancelled.
inline constexpr std::chrono::seconds grace_after_break{5};

class HostedDrain : DeadlineWheel::Entry, public std::enable_shared_from_this<HostedDrain> {
 public:
  HostedDrain(Listener& listener, std::function<void(bool whole)> done);
  ~HostedDrain();

  /// Stops accepting and lets connections end, for up to `timeout`; then breaks what is left.
  void begin(std::chrono::milliseconds timeout);

 private:
  void look();
  void on_deadline();
  void end();
  std::uint64_t broken() const { return listener_.shard.cells.drain_broken.value(); }

  Listener& listener_;
  std::function<void(bool)> done_;
  const std::uint64_t broken_before_;
  bool has_broken_ = false;
  bool is_ending_ = false;
};

}  // namespace sluice::http
