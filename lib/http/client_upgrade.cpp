// SPDX-License-Identifier: Apache-2.0
// The client's part of a change of protocol: the judgement of a 101, the pump to the backend, and the stream from it.
#include "http/client_upgrade.hpp"

#include "base/websocket_accept.hpp"
#include "http/head_check.hpp"
#include "http/websocket_handshake.hpp"
#include "http/worker_client.hpp"

namespace sluice::http {
namespace {

/// Why an answer of 101 is not one to this request; empty: it is.
std::string_view why_not_agreed(const OutgoingRequest& request, const Response& response, std::string_view head,
                                const HttpLimits& limits) {
  if (request.upgrade.empty()) return "it switches protocols unasked";
  const auto lines = read_head_lines(head, answer_bounds(limits), response.headers.arena());
  if (!lines || !names_websocket(lines->lines)) return "it switches to another protocol";
  const Header* const accept = response.headers.find("sec-websocket-accept");
  if (accept == nullptr || accept->value != websocket_accept(request.headers.get("sec-websocket-key"))) {
    return "it does not accept the key of the handshake";
  }
  return {};
}

}  // namespace

Result<Response> WorkerClient::change_protocol(Attempt& attempt, Response response, std::string_view head,
                                               std::string_view rest, Block& block) {
  if (const auto why = why_not_agreed(attempt.request, response, head, limits()); !why.empty())
    return fail(invalid_answer(why));
  cells.upgraded.add();
  // What is left after a head came with the last read: it fits.
  char* const bytes = block.keep(rest);
  response.body = Body::stream(std::make_unique<UpgradedAnswer>(
      worker_, attempt.connection, std::move(block), std::string_view(bytes, rest.size()), attempt.cancellation));
  if (BodyStream* const stream = attempt.request.body.stream()) attempt.connection->change_protocol(*stream);
  return response;
}

void ClientConnection::send_handshake(std::string& head) {
  Gather pieces;
  pieces.add(head);
  const std::size_t all = pieces.bytes();
  const IoResult result = wire_->write(pieces);
  client_.cells.bytes_sent.add(result.bytes);
  if (result.outcome == IoOutcome::failed || pieces.empty()) return;  // as in `send`: the reader will see
  sending_ = true;
  send_rest(this, head, {}, all - pieces.bytes());
}

sluice::detail::Detached ClientConnection::pump(ConnectionRef self, BodyStream& bytes) {
  self->sending_ = true;
  self->reusable_ = false;
  self->upload_ = &bytes;
  for (;;) {
    Task<BodyChunk> reading = bytes.read();
    const BodyChunk chunk = co_await reading;
    co_await self->client_.worker().here();
    if (self->dropped_) co_return;
    if (!chunk) {
      self->body_error_ = chunk.error();
      self->upload_ = nullptr;
      self->break_off();
      co_return;
    }
    if (chunk->empty()) break;
    Gather pieces;
    pieces.add(*chunk);
    const bool good = co_await self->send_pieces(pieces);
    if (self->dropped_) co_return;
    if (!good) {
      self->break_off();
      co_return;
    }
  }
  self->upload_ = nullptr;
  self->sending_ = false;
  self->wire_->shutdown_send();
  if (self->backend_has_ended_) self->drop();
}

void ClientConnection::backend_ended() {
  backend_has_ended_ = true;
  client_.cells.completed.add();
  pool_->cells.completed.add();
  if (!sending_) drop();
}

Task<BodyChunk> UpgradedAnswer::read() {
  if (worker_.is_current()) {
    if (auto chunk = take_now()) return std::move(*chunk);
  }
  return wait_and_read();
}

std::optional<BodyChunk> UpgradedAnswer::take_now() {
  if (error_) return BodyChunk(fail(*error_));
  if (!first_.empty()) return BodyChunk(std::exchange(first_, {}));
  block_.release();
  if (has_ended_) return BodyChunk(std::string_view{});
  Wire& wire = connection_->wire();
  while (wire.may_have_data()) {
    block_ = worker_.take_block();
    const IoResult result = wire.read(block_.data(), Block::size);
    if (result.outcome == IoOutcome::done) {
      connection_->client().cells.bytes_received.add(result.bytes);
      return BodyChunk(std::string_view(block_.data(), result.bytes));
    }
    block_.release();
    if (result.outcome == IoOutcome::blocked) break;
    if (result.outcome == IoOutcome::ended) {
      has_ended_ = true;
      connection_->backend_ended();
      return BodyChunk(std::string_view{});
    }
    connection_->client().cells.broken.add();
    return end(Error(ErrorCode::backend_connection_failure, "The backend has cut the connection."));
  }
  return std::nullopt;
}

/// Whoever passes the bytes on measures silence over both directions; here it only must not be for ever.
Task<BodyChunk> UpgradedAnswer::wait_and_read() {
  co_await worker_.here();
  for (;;) {
    if (auto chunk = take_now()) co_return std::move(*chunk);
    const ConnectionRef connection = connection_;
    const HttpLimits& limits = connection->client().limits();
    const std::uint64_t sent = connection->wire().left_bytes();
    const Wake why = co_await connection->wire().readable(limits.upgraded_idle_timeout + 2 * limits.lingering_close);
    if (error_) co_return fail(*error_);
    if (why == Wake::timeout && connection->wire().left_bytes() == sent) {
      connection->client().cells.timed_out.add();
      co_return end(Error(ErrorCode::timeout, "The connection to the backend has been silent for too long."));
    }
    if (why == Wake::closed) {
      // Broken off by the pump: the caller's bytes failed, or the backend does not take them.
      const auto& cause = connection->body_error();
      (cause ? connection->client().cells.cancelled : connection->client().cells.broken).add();
      co_return end(cause ? *cause
                          : Error(ErrorCode::backend_connection_failure, "The backend does not take what is sent."));
    }
  }
}

}  // namespace sluice::http
