// SPDX-License-Identifier: Apache-2.0
#include "http/server_handshake.hpp"

#include "http/start_connection.hpp"

#include <algorithm>

namespace sluice::http {

ServerHandshake::ServerHandshake(ServerShard& shard, WireRef wire, std::string peer,
                                 std::shared_ptr<const TlsServerContext> tls)
    : ServerConnection(shard, std::move(wire), std::move(peer)),
      tls_(std::move(tls)),
      limit_(Worker::coarse_now() + limits().handshake_timeout) {}

void ServerHandshake::start(ServerShard& shard, WireRef wire, std::string peer,
                            std::shared_ptr<const TlsServerContext> tls) {
  const boost::intrusive_ptr<ServerHandshake> handshake(
      new ServerHandshake(shard, std::move(wire), std::move(peer), std::move(tls)));
  handshake->await();
}

/// The limit is for the whole: whoever sends byte after byte does not move it.
void ServerHandshake::await() {
  constexpr std::chrono::milliseconds least{1};  // 0 would mean: no limit
  const SteadyTime now = Worker::coarse_now();
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(limit_ - now);
  if (left.count() <= 0) return on_event(Wake::timeout);
  const auto wake = [](void* handshake, Wake why) { static_cast<ServerHandshake*>(handshake)->on_event(why); };
  wire().watch(wake, this, std::max(least, left));
}

void ServerHandshake::on_event(Wake why) {
  const ServerConnectionRef alive(this);
  if (why == Wake::ready) return lingers_ ? linger() : proceed();
  if (why == Wake::timeout && !lingers_) shard().cells.tls_timeouts.add();
  close();
}

void ServerHandshake::proceed() {
  // Who connects and says nothing has cost no more than a plain connection.
  if (wire().tls() == nullptr) wire().set_tls(tls_->accept(wire()));
  if (wire().tls() == nullptr) return refuse();
  switch (wire().handshake()) {
    case IoOutcome::done: return finish();
    case IoOutcome::blocked: return await();
    default: return refuse();
  }
}

void ServerHandshake::finish() {
  ServerShard& to = shard();
  to.cells.tls_handshakes.add();
  const TlsStream& tls = *wire().tls();
  if (tls.is_resumed()) to.cells.tls_resumed.add();
  std::string caller = peer();
  start_connection(to, release(), std::move(caller), tls.protocol());
}

void ServerHandshake::refuse() {
  shard().cells.tls_failures.add();
  lingers_ = true;
  limit_ = Worker::coarse_now() + limits().lingering_close;
  wire().set_tls(nullptr);
  wire().shutdown_send();
  linger();
}

/// Reads and drops: a close with something unread would be a reset, and take the alert with it.
void ServerHandshake::linger() {
  constexpr int most_reads = 16;  // then other connections get their turn
  Block block = shard().worker.take_block();
  for (int i = 0; i < most_reads; ++i) {
    const IoOutcome outcome = wire().read(block.data(), Block::size).outcome;
    if (outcome == IoOutcome::blocked) break;
    if (outcome != IoOutcome::done) return close();
  }
  await();
}

}  // namespace sluice::http
