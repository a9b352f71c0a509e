// SPDX-License-Identifier: Apache-2.0
#include "http/hosted_drain.hpp"

namespace sluice::http {

HostedDrain::HostedDrain(Listener& listener, std::function<void(bool)> done)
    : Entry([](Entry& entry) { static_cast<HostedDrain&>(entry).on_deadline(); }),
      listener_(listener),
      done_(std::move(done)),
      broken_before_(broken()) {}

HostedDrain::~HostedDrain() { listener_.shard.core.on_ended = nullptr; }

void HostedDrain::begin(std::chrono::milliseconds timeout) {
  ServerShard& shard = listener_.shard;
  shard.core.on_ended = [this] { look(); };
  shard.worker.add_deadline(*this, Worker::coarse_now() + timeout);
  listener_.stop_accepting();
  listener_.drain_connections();
  look();
}

void HostedDrain::look() {
  if (listener_.shard.core.connections.open() == 0) end();
}

void HostedDrain::on_deadline() {
  const auto alive = shared_from_this();
  if (std::exchange(has_broken_, true)) return end();  // what is left does not end; the host decides
  listener_.shard.worker.add_deadline(*this, Worker::coarse_now() + grace_after_break);
  listener_.break_connections();
  look();
}

/// A turn later, so that nothing of what ends now refers to the server any more; then from the host's loop itself,
/// which may end the server and the runtime.
void HostedDrain::end() {
  if (std::exchange(is_ending_, true)) return;
  listener_.shard.worker.remove_deadline(*this);
  listener_.shard.worker.post([weak = weak_from_this()] {
    const auto drain = weak.lock();
    if (drain == nullptr) return;
    const bool whole = drain->broken() == drain->broken_before_;
    drain->listener_.shard.worker.host()->post([done = std::move(drain->done_), whole] { done(whole); });
  });
}

}  // namespace sluice::http
