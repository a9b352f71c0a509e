// SPDX-License-Identifier: Apache-2.0
#include "http/h2_server_connection.hpp"

#include "http/h2_server_stream.hpp"

#include <utility>

namespace sluice::http {
namespace {

constexpr int most_reads = 16;                             // then other connections get their turn
constexpr int most_writes = 16;                            // likewise
constexpr std::chrono::milliseconds grace_to_hear{1'000};  // of a peer that does not answer PING

}  // namespace

void H2Connection::start(ServerShard& shard, WireRef wire, std::string peer, std::string_view received) {
  const boost::intrusive_ptr<H2Connection> connection(new H2Connection(shard, std::move(wire), std::move(peer)));
  shard.cells.h2_connections.add();
  if (!received.empty()) connection->receive(received);
  connection->send_soon();
  connection->watch();
}

H2Connection::H2Connection(ServerShard& shard, WireRef wire, std::string peer)
    : ServerConnection(shard, std::move(wire), std::move(peer)),
      session_(shard.core.rules, this->peer(), *this),
      turn_end_(this, [](void* connection) { static_cast<H2Connection*>(connection)->flush(); }),
      grace_([](DeadlineWheel::Entry& entry) {
        H2Connection& connection = *static_cast<Timer&>(entry).connection;
        connection.session_.end_after_streams();
        connection.send_soon();
      }),
      idle_since_(Worker::coarse_now()) {
  grace_.connection = this;
}

H2Connection::~H2Connection() = default;

H2StreamRef H2Connection::make_stream() { return H2StreamRef(new H2ServerStream(*this)); }

void H2Connection::drain() { end_soon(); }

void H2Connection::end_soon() {
  if (session_.is_ending() || lost_) return;
  session_.announce_end();
  shard().worker.add_deadline(grace_, Worker::coarse_now() + grace_to_hear);
  send_soon();
}

void H2Connection::break_off() {
  const ServerConnectionRef alive(this);
  broken_off_ = true;
  std::uint64_t running = 0;
  session_.for_each_stream([&](H2Stream& stream) { running += static_cast<H2ServerStream&>(stream).is_running(); });
  shard().cells.drain_broken.add(running);
  if (running != 0) wire().reset();
  lose();
}

/// Waits for bytes: for T2 while a header block is incomplete, for T4 while there are no streams.
void H2Connection::watch() {
  if (is_closed() || lost_ || over_) return;
  std::chrono::milliseconds timeout{0};
  if (session_.in_header_block()) {
    timeout = until(block_since_ + limits().header_timeout);
  } else if (session_.streams() == 0) {
    timeout = until(idle_since_ + limits().idle_timeout);
  }
  wire().watch([](void* self, Wake why) { static_cast<H2Connection*>(self)->on_event(why); }, this, timeout);
}

void H2Connection::on_event(Wake why) {
  const ServerConnectionRef alive(this);
  if (why == Wake::ready) read();
  if (why == Wake::timeout) on_time();
  watch();
}

void H2Connection::on_time() {
  const SteadyTime now = Worker::coarse_now();
  if (session_.in_header_block()) {
    if (now < block_since_ + limits().header_timeout) return;
    shard().cells.read_timeouts.add();
    session_.end(NGHTTP2_ENHANCE_YOUR_CALM);
  } else {
    if (session_.streams() != 0 || now < idle_since_ + limits().idle_timeout) return;
    shard().cells.idle_closed.add();
    session_.end(NGHTTP2_NO_ERROR);
  }
  send_soon();
}

void H2Connection::read() {
  Block block = shard().worker.take_block();
  for (int i = 0; i < most_reads && !lost_ && !over_; ++i) {
    const IoResult result = wire().read(block.data(), Block::size);
    if (result.outcome == IoOutcome::blocked) return;
    if (result.outcome != IoOutcome::done) return lose();
    shard().cells.bytes_received.add(result.bytes);
    receive({block.data(), result.bytes});
    if (!wire().may_have_data()) return;
  }
}

void H2Connection::receive(std::string_view bytes) {
  const SteadyTime now = Worker::coarse_now();
  session_.receive(bytes, now);
  // A block that ends is followed by another one's time, also when both came with these bytes.
  if (std::exchange(blocks_, session_.header_blocks()) != session_.header_blocks()) block_since_ = now;
  attend();
  if (session_.is_end_heard()) session_.end_after_streams();
  if (session_.requests() >= limits().requests_per_connection || is_old()) end_soon();
  send_soon();
}

/// Deals with what has happened to streams; true when there was something.
bool H2Connection::attend() {
  bool any = false;
  while (const H2StreamRef stream = session_.next_news()) {
    static_cast<H2ServerStream&>(*stream).on_news();
    any = true;
  }
  return any;
}

void H2Connection::send_soon() {
  if (lost_ || over_ || std::exchange(sends_soon_, true)) return;
  intrusive_ptr_add_ref(static_cast<ServerConnection*>(this));  // until the turn's end
  shard().worker.loop().at_turn_end(turn_end_);
}

void H2Connection::flush() {
  const ServerConnectionRef alive(this, false);
  for (int i = 0; unsent_.empty() && !lost_ && !over_; ++i) {
    Block block = shard().worker.take_block();
    const std::size_t size = fill(block);
    if (size == 0) break;
    if (!write({block.data(), size})) break;
    if (i == most_writes) {
      shard().worker.post([self = boost::intrusive_ptr<H2Connection>(this)] { self->send_soon(); });
      break;
    }
  }
  sends_soon_ = false;
  shard().cells.h2_streams_refused.add(session_.take_refused());
  settle();
}

/// Makes as much to send as fits, with what streams have ready when they are asked for more.
std::size_t H2Connection::fill(Block& block) {
  std::size_t size = 0;
  while (Block::size - size >= H2ServerSession::least_room) {
    const std::size_t more = session_.send(block.data() + size, Block::size - size);
    size += more;
    const bool any = attend();
    if (lost_ || (more == 0 && !any)) break;
  }
  return size;
}

/// False when the rest has to wait for the socket, or the connection is lost.
bool H2Connection::write(std::string_view bytes) {
  Gather pieces;
  pieces.add(bytes);
  const IoResult result = wire().write(pieces);
  if (result.outcome == IoOutcome::failed) {
    lose();
    return false;
  }
  shard().cells.bytes_sent.add(result.bytes);
  if (pieces.empty()) return true;
  unsent_.assign(bytes.substr(result.bytes));
  wire().watch_write([](void* self, Wake why) { static_cast<H2Connection*>(self)->on_writable(why); }, this,
                     limits().write_timeout);
  return false;
}

void H2Connection::on_writable(Wake why) {
  const ServerConnectionRef alive(this);
  if (lost_) return;
  if (why == Wake::timeout) {
    shard().cells.write_timeouts.add();
    wire().reset();
  }
  if (why != Wake::ready) return lose();
  if (!write(std::exchange(unsent_, {}))) return;
  send_soon();
}

/// Looks whether the connection is over, and what it waits for next.
void H2Connection::settle() {
  if (is_closed() || lost_ || over_ || !unsent_.empty()) return;
  if (!session_.is_over()) return;
  over_ = true;
  shard().worker.remove_deadline(grace_);
  count_end();
  session_.abandon();
  attend();
  wire().stop_watching();
  if (session_.streams() == 0) linger();
}

/// Once, when it is clear how the connection goes on: not at all.
void H2Connection::count_end() {
  if (session_.ended_for_abuse()) shard().cells.h2_abuse_ended.add();
}

/// The wire is of no use any more: whoever works for its streams hears of it.
void H2Connection::lose() {
  if (std::exchange(lost_, true)) return;
  const ServerConnectionRef alive(this);
  if (!over_) count_end();
  shard().worker.remove_deadline(grace_);
  wire().stop_watching();
  std::string().swap(unsent_);
  session_.abandon();
  attend();
  if (session_.streams() == 0) close();
}

void H2Connection::on_stream_end() {
  if (session_.streams() != 0) return;
  const ServerConnectionRef alive(this);
  idle_since_ = Worker::coarse_now();
  if (lost_) return close();
  if (over_) return linger();
  send_soon();
  watch();
}

}  // namespace sluice::http
