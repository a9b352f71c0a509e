// SPDX-License-Identifier: Apache-2.0
// Sending runs beside the reading of the answer, because a backend may answer before it has read a body, or read and
// answer at the same time. It is stopped when the exchange ends.
#include "http/client_connection.hpp"

#include "http/connection_age.hpp"
#include "http/head_writer.hpp"
#include "http/worker_client.hpp"

namespace sluice::http {

ClientConnection::ClientConnection(WorkerClient& client, OriginPool& pool, WireRef wire)
    : client_(client),
      pool_(&pool),
      wire_(std::move(wire)),
      reader_(Framing::none, 0, chunk_bounds(client.limits())),
      old_from_(end_of_age(Worker::coarse_now(), client.limits().connection_age, this)) {
  client_.cells.open.add();
  pool_->cells.open.add();
  intrusive_ptr_add_ref(this);  // held while the connection counts in its pool, until `drop`
}

ClientConnection::~ClientConnection() = default;

void ClientConnection::begin() {
  if (std::exchange(idle_, false)) pool_->cells.idle.subtract();
  wire_->stop_watching();
  reader_ = BodyReader(Framing::none, 0, chunk_bounds(client_.limits()));
  upload_ = nullptr;
  body_error_.reset();
  reusable_ = true;
  // One time for each beat of the loop's timer: reading the clock is not for each request.
  const std::uint64_t beat = client_.worker().loop().pulse().beats;
  began_ = std::exchange(pool_->measured_beat, beat) != beat ? client_.worker().steady_now() : SteadyTime{};
}

void ClientConnection::send(OutgoingRequest& request, std::string& head, bool chunked) {
  if (request.body.is_stream()) {
    sending_ = true;
    upload_ = request.body.stream();
    send_stream(this, std::move(head), *upload_, chunked, request.body.length().value_or(0));
    return;
  }
  Gather pieces;
  pieces.add(head);
  pieces.add(request.body.data());
  const std::size_t all = pieces.bytes();
  const IoResult result = wire_->write(pieces);
  client_.cells.bytes_sent.add(result.bytes);
  // A failed write is no answer yet: the backend may have said why before it closed. The reader will see.
  if (result.outcome == IoOutcome::failed || pieces.empty()) return;
  sending_ = true;
  send_rest(this, head, request.body.data(), all - pieces.bytes());
}

/// Writes `pieces`; false when the connection does not take them.
Task<bool> ClientConnection::send_pieces(Gather pieces) {
  while (!pieces.empty()) {
    const IoResult result = wire_->write(pieces);
    client_.cells.bytes_sent.add(result.bytes);
    if (result.outcome == IoOutcome::done) continue;
    if (result.outcome != IoOutcome::blocked) co_return false;
    const Wake why = co_await wire_->writable(client_.limits().write_timeout);
    if (why != Wake::ready) co_return false;
  }
  co_return true;
}

sluice::detail::Detached ClientConnection::send_rest(ConnectionRef self, std::string head, std::string_view body,
                                                     std::size_t written) {
  Gather pieces;
  pieces.add(head);
  pieces.add(body);
  pieces.advance(written);
  const bool sent = co_await self->send_pieces(pieces);
  if (!sent) self->reusable_ = false;
  self->sending_ = false;
}

sluice::detail::Detached ClientConnection::send_stream(ConnectionRef self, std::string head, BodyStream& stream,
                                                       bool chunked, std::uint64_t length) {
  std::string_view unsent_head = head;
  std::string size_line;
  std::uint64_t left = length;
  bool good = true;
  for (bool ended = false; good && !ended && !self->dropped_;) {
    Task<BodyChunk> reading = stream.read();
    if (!reading.is_ready() && !unsent_head.empty()) {
      Gather alone;
      alone.add(std::exchange(unsent_head, {}));
      good = co_await self->send_pieces(alone);
    }
    const BodyChunk chunk = co_await reading;
    co_await self->client_.worker().here();
    if (self->dropped_) break;
    ended = chunk.has_value() && chunk->empty();
    const bool fits = chunked || !chunk || (ended ? left == 0 : chunk->size() <= left);
    if (!chunk || !fits) {
      self->break_upload(chunk ? Error(ErrorCode::bad_request, "The request body does not have its announced length.")
                               : chunk.error());
      break;
    }
    if (!good) break;
    left -= chunked ? 0 : chunk->size();
    Gather pieces;
    pieces.add(std::exchange(unsent_head, {}));
    size_line.clear();
    if (chunked && !ended) append_chunk_size(size_line, chunk->size());
    if (ended && chunked && !append_last_chunk(size_line, stream.trailers())) {
      self->break_upload(Error(ErrorCode::policy_value_invalid, "A trailer of the request cannot be written down."));
      break;
    }
    pieces.add(size_line);
    pieces.add(*chunk);
    if (chunked && !ended) pieces.add("\r\n");
    good = co_await self->send_pieces(pieces);
  }
  if (!good) self->reusable_ = false;
  self->upload_ = nullptr;
  self->sending_ = false;
}

/// U5: the backend must not take what it has for the whole.
void ClientConnection::break_upload(Error why) {
  body_error_ = std::move(why);
  upload_ = nullptr;
  wire_->close();
}

void ClientConnection::expect_body(Framing framing, std::uint64_t length, bool reusable) {
  reader_ = BodyReader(framing, length, chunk_bounds(client_.limits()));
  reusable_ = reusable_ && reusable;
  if (began_ != SteadyTime{}) pool_->cells.answered(client_.worker().steady_now() - began_);
}

void ClientConnection::stop_sending() {
  if (!sending_) return;
  reusable_ = false;
  if (upload_ != nullptr) upload_->cancel();
  wire_->interrupt_write(Wake::cancelled);
}

void ClientConnection::finish(bool clean) {
  const ConnectionRef alive(this);
  client_.cells.completed.add();
  pool_->cells.completed.add();
  const bool was_sending = sending_;
  if (!clean || !reusable_ || was_sending || wire_->has_unread() || !wire_->is_open()) return drop();
  if (is_old()) {
    client_.cells.evicted.add();
    return drop();
  }
  client_.release(*pool_, *this);
}

bool ClientConnection::is_old() const { return client_.worker().turn_time() >= old_from_; }

void ClientConnection::drop() {
  if (dropped_) return;
  dropped_ = true;
  const ConnectionRef alive(this);
  stop_sending();
  if (idle_) wire_->stop_watching();
  wire_->close();  // wakes who reads the answer
  client_.cells.open.subtract();
  pool_->cells.open.subtract();
  if (idle_) pool_->cells.idle.subtract();
  client_.closed(*pool_, *this, idle_);
  intrusive_ptr_release(this);
}

void ClientConnection::break_off() {
  if (dropped_) return;
  const ConnectionRef alive(this);
  wire_->reset_on_close();
  drop();
}

void ClientConnection::rest() {
  if (!std::exchange(idle_, true)) pool_->cells.idle.add();
  const auto wake = [](void* connection, Wake why) { static_cast<ClientConnection*>(connection)->on_idle_event(why); };
  wire_->watch(wake, this, client_.limits().pool_idle_timeout);
}

/// U3: closed, too old, or speaking without having been asked. In no case may it be used again.
void ClientConnection::on_idle_event(Wake why) {
  if (why == Wake::ready) {
    // TLS sends tickets after the handshake: something to read for the system, nothing for HTTP.
    char byte;
    if (wire_->read(&byte, 1).outcome == IoOutcome::blocked) return rest();
  }
  client_.cells.evicted.add();
  drop();
}

}  // namespace sluice::http
