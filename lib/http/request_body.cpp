// SPDX-License-Identifier: Apache-2.0
#include "http/request_body.hpp"

namespace sluice::http {
namespace {

constexpr std::chrono::seconds rate_grace{10};  // T3: the least rate counts after that

constexpr int request_timeout_status = 408;

}  // namespace

RequestBody::RequestBody(Session& session, BodyReader reader, Block block, std::string_view first)
    : session_(session), reader_(std::move(reader)), first_(first), received_(first.size()) {
  if (!first.empty()) block_ = std::move(block);
  if (reader_.has_trailers()) take_trailers();
}

RequestBody::~RequestBody() { session_.body_dropped(); }

void RequestBody::cancel() {
  if (!error_) error_ = Error(ErrorCode::cancelled);
  session_.wire().interrupt_read(Wake::cancelled);
}

Task<BodyChunk> RequestBody::read() {
  if (session_.shard().worker.is_current()) {
    if (auto chunk = take_now()) return std::move(*chunk);
  }
  return wait_and_read();
}

BodyChunk RequestBody::end(Error error) {
  block_.release();
  error_ = error;
  return fail(std::move(error));
}

std::optional<BodyChunk> RequestBody::take_now() {
  if (error_) return BodyChunk(fail(*error_));
  if (!first_.empty()) return BodyChunk(std::exchange(first_, {}));
  block_.release();
  if (reader_.finished()) return BodyChunk(std::string_view{});
  session_.send_continue();
  Wire& wire = session_.wire();
  while (wire.may_have_data()) {
    block_ = session_.shard().worker.take_block();
    const IoResult result = wire.read(block_.data(), Block::size);
    if (result.outcome == IoOutcome::blocked) break;
    if (result.outcome != IoOutcome::done) {
      session_.client_gone();
      return end(Error(ErrorCode::client_connection_failure));
    }
    session_.shard().cells.bytes_received.add(result.bytes);
    BodyChunk chunk = accept(reader_.take(block_.data(), result.bytes), result.bytes);
    if (!chunk || !chunk->empty() || reader_.finished()) return chunk;
  }
  block_.release();
  return std::nullopt;
}

BodyChunk RequestBody::accept(BodyReader::Piece piece, std::size_t received) {
  if (!piece.valid) return end(Error(ErrorCode::bad_request, "The chunked coding of the request body is malformed."));
  received_ += piece.data.size();
  const std::uint64_t most = session_.limits().request_body_bytes;
  if (most != 0 && received_ > most) return end(Error(ErrorCode::request_body_too_large));
  if (reader_.finished()) {
    if (reader_.has_trailers()) take_trailers();
    session_.body_finished({block_.data() + piece.consumed, received - piece.consumed});
  }
  return piece.data;
}

void RequestBody::take_trailers() {
  trailers_ = reader_.take_trailers();
  trailers_->remove(session_.shard().core.rules.identity_headers);
}

bool RequestBody::is_too_slow() const {
  if (waited_ < rate_grace) return false;
  const auto seconds = static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(waited_).count());
  return received_ < seconds * session_.limits().body_least_bytes_per_second;
}

Task<BodyChunk> RequestBody::wait_and_read() {
  Worker& worker = session_.shard().worker;
  co_await worker.here();
  for (;;) {
    if (auto chunk = take_now()) co_return std::move(*chunk);
    const SteadyTime before = worker.coarse_now();
    const Wake why = co_await session_.wire().readable(session_.limits().body_gap_timeout);
    waited_ += worker.coarse_now() - before;
    if (why == Wake::cancelled || why == Wake::closed) {
      if (!error_) error_ = Error(ErrorCode::client_connection_failure);
      co_return fail(*error_);
    }
    if (why == Wake::timeout || is_too_slow()) {
      session_.shard().cells.read_timeouts.add();
      co_return end(
          Error(ErrorCode::bad_request, "The request body does not arrive.").with_status(request_timeout_status));
    }
  }
}

}  // namespace sluice::http
