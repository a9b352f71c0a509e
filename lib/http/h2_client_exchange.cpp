// SPDX-License-Identifier: Apache-2.0
#include "http/h2_client_exchange.hpp"

#include "http/h2_origin_pool.hpp"
#include "http/worker_client.hpp"

namespace sluice::http {

H2Exchange::H2Exchange(H2ClientConnection& connection, Arena& arena, std::string_view method)
    : H2ClientStream(arena, connection.client().limits(), method),
      connection_(&connection),
      begun_at_(Worker::coarse_now()),
      changed_(connection.client().worker()),
      taken_(connection.client().worker()) {}

bool H2Exchange::begin(OutgoingRequest& request, Arena& arena) {
  if (!session().begin(*this, request, arena)) return false;
  // One time for each beat of the loop's timer, as over HTTP/1.1.
  Worker& worker = connection_->client().worker();
  const std::uint64_t beat = worker.loop().pulse().beats;
  if (std::exchange(connection_->pool().measured_beat, beat) != beat) measured_from_ = worker.steady_now();
  // What the stream has already travels with the head.
  if (request.body.is_stream() && is_uploading()) {
    upload_ = request.body.stream();
    send_stream(this, *upload_, request.body.length());
  }
  connection_->flush();
  return true;
}

void H2Exchange::give_up() {
  const H2ExchangeRef alive(this);
  session().give_up(*this);
  connection_->flush();
}

void H2Exchange::cancel() {
  if (!is_counted_) connection_->client().cells.cancelled.add();
  count_failed(ErrorCode::cancelled);
  give_up();
}

void H2Exchange::count_completed() {
  if (std::exchange(is_counted_, true)) return;
  connection_->client().cells.completed.add();
  connection_->pool().cells.completed.add();
}

void H2Exchange::count_failed(ErrorCode code) {
  if (!std::exchange(is_counted_, true)) connection_->pool().cells.ended(code);
}

void H2Exchange::count_head_time() {
  if (measured_from_ == SteadyTime{}) return;
  connection_->pool().cells.answered(connection_->client().worker().steady_now() - measured_from_);
}

void H2Exchange::on_change() {
  const H2ExchangeRef alive(this);
  if (answer().ended()) count_completed();
  if (is_closed()) stop_upload();
  taken_.wake(Wake::ready);
  changed_.wake(Wake::ready);
}

void H2Exchange::stop_upload() {
  if (upload_ != nullptr) std::exchange(upload_, nullptr)->cancel();
}

/// U5: the backend must not take what it has for the whole.
void H2Exchange::break_upload(Error why) {
  body_error_ = std::move(why);
  upload_ = nullptr;
  give_up();
}

/// False when the backend does not take it.
Task<bool> H2Exchange::send_piece(std::string_view piece) {
  session().upload(*this, piece);
  connection_->flush();
  while (upload_bytes() != 0 && !is_closed()) {
    const auto patience = connection_->client().limits().http2.stall_timeout;
    const Wake why = co_await taken_.for_at_most(patience);
    if (why == Wake::timeout) co_return false;
  }
  co_return true;
}

sluice::detail::Detached H2Exchange::send_stream(H2ExchangeRef self, BodyStream& stream,
                                                 std::optional<std::uint64_t> length) {
  std::uint64_t left = length.value_or(0);
  self->has_read_body_ = true;
  for (;;) {
    const BodyChunk chunk = co_await stream.read();
    co_await self->connection_->client().worker().here();
    if (self->is_closed()) break;
    if (!chunk) {
      self->break_upload(chunk.error());
      break;
    }
    const bool at_end = chunk->empty();
    if (length && (at_end ? left != 0 : chunk->size() > left)) {
      self->break_upload(Error(ErrorCode::bad_request, "The request body does not have its announced length."));
      break;
    }
    if (at_end) {
      if (self->session().end_upload(*self, stream.trailers())) {
        self->connection_->flush();
      } else {
        self->break_upload(Error(ErrorCode::policy_value_invalid, "A trailer of the request cannot be written down."));
      }
      break;
    }
    left -= length ? chunk->size() : 0;
    const bool taken = co_await self->send_piece(*chunk);
    if (!taken) {
      self->connection_->client().cells.timed_out.add();
      self->break_upload(Error(ErrorCode::timeout, "The backend does not take the request's body."));
      break;
    }
    if (self->is_closed()) break;
  }
  self->upload_ = nullptr;
}

}  // namespace sluice::http
