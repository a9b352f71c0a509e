// SPDX-License-Identifier: Apache-2.0
#include "http/answer_body.hpp"

#include "http/worker_client.hpp"

namespace sluice::http {

Task<BodyChunk> AnswerBody::read() {
  if (worker_.is_current()) {
    if (auto chunk = take_now()) return std::move(*chunk);
  }
  return wait_and_read();
}

std::optional<BodyChunk> AnswerBody::take_now() {
  if (error_) return BodyChunk(fail(*error_));
  if (!first_.empty()) return BodyChunk(std::exchange(first_, {}));
  block_.release();
  if (connection_ == nullptr) return BodyChunk(std::string_view{});
  ClientConnection& connection = *connection_;
  ClientCells& cells = connection.client().cells;
  while (connection.wire().may_have_data()) {
    block_ = worker_.take_block();
    const IoResult result = connection.wire().read(block_.data(), Block::size);
    if (result.outcome == IoOutcome::blocked) break;
    if (result.outcome == IoOutcome::ended && connection.reader().end_of_input()) {
      std::exchange(connection_, nullptr)->finish(true);
      block_.release();
      return BodyChunk(std::string_view{});
    }
    if (result.outcome != IoOutcome::done) {
      cells.broken.add();
      return end(Error(ErrorCode::backend_connection_failure, "The backend's answer was cut."));
    }
    cells.bytes_received.add(result.bytes);
    const BodyReader::Piece piece = connection.reader().take(block_.data(), result.bytes);
    if (!piece.valid) {
      cells.invalid.add();
      return end(Error(ErrorCode::backend_answer_invalid, "The chunked coding of the backend's answer is malformed."));
    }
    if (connection.reader().finished()) {
      trailers_ = connection.reader().take_trailers();
      std::exchange(connection_, nullptr)->finish(piece.consumed == result.bytes);
      return BodyChunk(piece.data);
    }
    if (!piece.data.empty()) return BodyChunk(piece.data);
  }
  block_.release();
  return std::nullopt;
}

Task<BodyChunk> AnswerBody::wait_and_read() {
  co_await worker_.here();
  for (;;) {
    if (auto chunk = take_now()) co_return std::move(*chunk);
    const WireRef wire(&connection_->wire());
    const Wake why = co_await wire->readable(connection_->client().limits().answer_gap_timeout);
    if (error_) co_return fail(*error_);
    if (why == Wake::timeout) {
      connection_->client().cells.timed_out.add();
      co_return end(Error(ErrorCode::timeout, "The backend's answer stalled."));
    }
    if (why != Wake::ready) {
      // Closed under the reader: the request's own body failed.
      connection_->client().cells.cancelled.add();
      const auto& cause = connection_->body_error();
      co_return end(cause ? *cause : Error(ErrorCode::backend_connection_failure, "The backend's answer was cut."));
    }
  }
}

}  // namespace sluice::http
