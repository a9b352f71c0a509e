// SPDX-License-Identifier: Apache-2.0
// Frames that are ready at the same time leave in one write: a request's head with its body, answers to pings and
// window updates with whatever else there is.
#include "http/h2_client_connection.hpp"

#include "http/h2_client.hpp"
#include "http/worker_client.hpp"

#include <algorithm>
#include <cstring>

namespace sluice::http {
namespace {

constexpr int most_reads = 8;  // of 64 KiB each, then other connections get their turn

}  // namespace

H2ClientConnection::H2ClientConnection(WorkerClient& client, H2OriginPool& pool, WireRef wire)
    : client_(client),
      pool_(&pool),
      wire_(std::move(wire)),
      session_(client.limits(), pool.peer_streams),
      last_heard_(Worker::coarse_now()),
      idle_since_(last_heard_) {
  client_.cells.open.add();
  pool_->cells.open.add();
  intrusive_ptr_add_ref(this);  // until `drop`
}

H2ClientConnection::~H2ClientConnection() = default;

void H2ClientConnection::flush() {
  if (is_dropped_) return session_.tell_changes();
  const H2ConnectionRef alive(this);
  send_output();
  session_.tell_changes();  // whoever uses the session then flushes it, too
  if (is_dropped_) return;
  if (session_.is_over() || (session_.is_draining() && session_.open_streams() == 0)) return drop();
  watch();
  pool_->peer_streams = session_.peer_streams();
  pool_->state.expect(pool_->peer_streams);
  pool_->client.serve_line(*pool_, *this);
}

void H2ClientConnection::send_output() {
  if (is_sending_ || is_dropped_) return;
  Block block;
  std::size_t size = 0;
  for (std::string_view piece = session_.next_output(); !piece.empty();) {
    if (!block) block = client_.worker().take_block();
    const std::size_t part = std::min(piece.size(), Block::size - size);
    std::memcpy(block.data() + size, piece.data(), part);
    size += part;
    piece.remove_prefix(part);
    if (size == Block::size) {
      const bool goes_on = write({block.data(), size});
      size = 0;
      if (!goes_on) {
        unsent_ += piece;
        return;
      }
    }
    if (piece.empty()) piece = session_.next_output();
  }
  if (size != 0) write({block.data(), size});
}

bool H2ClientConnection::write(std::string_view bytes) {
  Gather pieces;
  pieces.add(bytes);
  const std::size_t all = bytes.size();
  while (!pieces.empty()) {
    const IoResult result = wire_->write(pieces);
    if (result.outcome == IoOutcome::done) continue;
    client_.cells.bytes_sent.add(all - pieces.bytes());
    is_sending_ = true;
    // A failed write is no end yet: the reader sees what the peer may have said before it closed.
    if (result.outcome == IoOutcome::failed) return false;
    unsent_ = bytes.substr(all - pieces.bytes());
    send_rest(this);
    return false;
  }
  client_.cells.bytes_sent.add(all);
  return true;
}

sluice::detail::Detached H2ClientConnection::send_rest(H2ConnectionRef self) {
  std::size_t taken = 0;  // of `unsent_`, which may still grow by the rest of a frame
  while (!self->is_dropped_ && taken != self->unsent_.size()) {
    const Wake why = co_await self->wire_->writable(self->client_.limits().write_timeout);
    if (self->is_dropped_) co_return;
    if (why != Wake::ready) {
      if (why == Wake::timeout) self->client_.cells.timed_out.add();
      self->drop();
      co_return;
    }
    Gather pieces;
    pieces.add(std::string_view(self->unsent_).substr(taken));
    const IoResult result = self->wire_->write(pieces);
    if (result.outcome == IoOutcome::failed) co_return;
    taken += result.bytes;
    self->client_.cells.bytes_sent.add(result.bytes);
  }
  std::string().swap(self->unsent_);
  self->is_sending_ = false;
  self->flush();
}

void H2ClientConnection::on_event(Wake why) {
  const H2ConnectionRef alive(this);
  is_watching_ = false;
  if (why == Wake::timeout) return on_quiet();
  const bool good = why == Wake::ready && receive();
  flush();
  if (is_dropped_) return;
  if (!good) drop();
}

/// Reads what is there. False: that was the end.
bool H2ClientConnection::receive() {
  for (int i = 0; i < most_reads; ++i) {
    Block block = client_.worker().take_block();
    const IoResult result = wire_->read(block.data(), Block::size);
    if (result.outcome == IoOutcome::blocked) return true;
    if (result.outcome != IoOutcome::done) return false;
    client_.cells.bytes_received.add(result.bytes);
    last_heard_ = Worker::coarse_now();
    if (!session_.receive({block.data(), result.bytes}, last_heard_)) return false;
    if (!wire_->may_have_data()) return true;
  }
  return true;
}

H2ClientConnection::State H2ClientConnection::state_now() const {
  if (session_.awaits_pong()) return State::doubted;
  return session_.open_streams() == 0 ? State::idle : State::busy;
}

void H2ClientConnection::set_state(State state) {
  const State before = std::exchange(state_, state);
  if (state == State::idle && before != State::idle) {
    idle_since_ = Worker::coarse_now();
    pool_->cells.idle.add();
  }
  if (state != State::idle && before == State::idle) pool_->cells.idle.subtract();
}

/// How long nothing needs to come. 0: the exchanges have their own limits.
std::chrono::milliseconds H2ClientConnection::quiet_time() const {
  if (state_ == State::busy) return std::chrono::milliseconds{0};
  if (state_ == State::doubted) return client_.limits().connect_timeout;
  const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(Worker::coarse_now() - idle_since_);
  return std::max(client_.limits().pool_idle_timeout - passed, std::chrono::milliseconds{1});
}

/// Waits for bytes.
void H2ClientConnection::watch() {
  const State now = state_now();
  if (is_watching_ && now == state_) return;
  set_state(now);
  is_watching_ = true;
  const auto wake = [](void* connection, Wake why) { static_cast<H2ClientConnection*>(connection)->on_event(why); };
  wire_->watch(wake, this, quiet_time());
}

/// Idle for too long, or no sign of life although it was asked for.
void H2ClientConnection::on_quiet() {
  if (session_.awaits_pong()) {
    client_.cells.timed_out.add();
    return drop();
  }
  if (session_.open_streams() != 0) return watch();
  client_.cells.evicted.add();
  session_.say_goodbye();
  send_output();
  drop();
}

void H2ClientConnection::doubt() {
  if (is_dropped_) return;
  session_.ping();
  flush();
}

void H2ClientConnection::drop() {
  if (is_dropped_) return;
  is_dropped_ = true;
  const H2ConnectionRef alive(this);
  wire_->stop_watching();
  wire_->close();  // wakes who sends
  client_.cells.open.subtract();
  pool_->cells.open.subtract();
  set_state(State::busy);
  session_.connection_lost();
  session_.tell_changes();
  pool_->client.closed(*pool_, *this);
  intrusive_ptr_release(this);
}

}  // namespace sluice::http
