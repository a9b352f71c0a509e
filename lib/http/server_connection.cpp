// SPDX-License-Identifier: Apache-2.0
#include "http/server_connection.hpp"

#include "http/connection_age.hpp"
#include "http/tls_stream.hpp"

#include <algorithm>

namespace sluice::http {

ServerConnection::ServerConnection(ServerShard& shard, WireRef wire, std::string peer)
    : shard_(shard),
      wire_(std::move(wire)),
      peer_(std::move(peer)),
      old_from_(end_of_age(Worker::coarse_now(), limits().connection_age, this)) {
  intrusive_ptr_add_ref(this);
  next_ = shard.first_connection;
  if (next_ != nullptr) next_->link_ = &next_;
  link_ = &shard.first_connection;
  shard.first_connection = this;
  shard.cells.open.add();
}

void ServerConnection::close() {
  if (closed_) return;
  closed_ = true;
  const ServerConnectionRef alive(this);
  wire_->close();
  leave_list();
  shard_.core.connections.leave(peer_);
  shard_.core.connection_ended();
  intrusive_ptr_release(this);
}

void ServerConnection::leave_list() {
  *link_ = next_;
  if (next_ != nullptr) next_->link_ = link_;
  shard_.cells.open.subtract();
}

void ServerConnection::close_idle() {
  if (!closed_ && wire_->tls() != nullptr) wire_->shutdown_send();
  close();
}

WireRef ServerConnection::release() {
  closed_ = true;
  WireRef wire = wire_;
  leave_list();
  intrusive_ptr_release(this);
  return wire;
}

void ServerConnection::describe_tls(const TlsStream& tls, Request& request) {
  request.url.scheme = "https";
  request.client_certificate = tls.peer_certificate();
}

void ServerConnection::linger() {
  if (closed_) return;
  wire_->shutdown_send();
  limit_ = Worker::coarse_now() + limits().lingering_close;
  on_linger_event(Wake::ready);
}

void ServerConnection::on_linger_event(Wake why) {
  constexpr int most_reads = 16;  // then other connections get their turn
  const ServerConnectionRef alive(this);
  if (why != Wake::ready || Worker::coarse_now() >= limit_) return close();
  Block block = shard_.worker.take_block();
  for (int i = 0; i < most_reads; ++i) {
    const IoOutcome outcome = wire_->read(block.data(), Block::size).outcome;
    if (outcome == IoOutcome::ended || outcome == IoOutcome::failed) return close();
    if (outcome == IoOutcome::blocked) break;
  }
  const auto wake = [](void* connection, Wake reason) {
    static_cast<ServerConnection*>(connection)->on_linger_event(reason);
  };
  wire_->watch(wake, this, until(limit_));
}

std::chrono::milliseconds ServerConnection::until(SteadyTime limit) const {
  constexpr std::chrono::milliseconds least{1};  // 0 would mean: no limit
  return std::max(least, std::chrono::duration_cast<std::chrono::milliseconds>(limit - shard_.worker.turn_time()));
}

}  // namespace sluice::http
