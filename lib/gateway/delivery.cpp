// SPDX-License-Identifier: Apache-2.0
#include "gateway/delivery.hpp"

#include "base/cohorts.hpp"

#include <utility>

namespace sluice {

Delivery::~Delivery() {
  cancel();
  // Whoever awaited `close` has nothing left here. Others must not lose the request under the work that is going on.
  if (ending_) wait(std::move(*ending_));
}

Task<BodyChunk> Delivery::next_piece() {
  if (body_.is_stream()) return body_.stream()->read();
  if (std::exchange(bytes_are_sent_, true)) return BodyChunk(std::string_view());
  return BodyChunk(body_.data());
}

Task<BodyChunk> Delivery::read() {
  if (!unseen_.empty()) co_await cohorts_of_thread().at(Cohorts::Place::ending);
  if (is_over_) co_return fail(ErrorCode::cancelled);
  tell_observers();
  is_reading_ = true;
  BodyChunk chunk = co_await next_piece();
  is_reading_ = false;
  if (chunk && !chunk->empty()) {
    running_.delivered_bytes += chunk->size();
    unseen_ = *chunk;
    co_return chunk;
  }
  is_over_ = true;
  co_await running_.finish(chunk ? DeliveryOutcome::complete : DeliveryOutcome::aborted);
  co_return chunk;
}

void Delivery::tell_observers() {
  const std::string_view piece = std::exchange(unseen_, {});
  if (piece.empty()) return;
  for (BodyObserver* observer : running_.context.observers()) observer->on_data(piece);
}

void Delivery::cancel() {
  if (is_over_) return;
  tell_observers();
  const bool is_read = is_reading_;
  if (body_.is_stream()) body_.stream()->cancel();  // may wake who reads, and end this with it
  // A read that is under way finds the end by itself.
  if (is_read) return;
  is_over_ = true;
  Task<void> ending = running_.finish(DeliveryOutcome::aborted);
  if (!ending.is_ready()) ending_.emplace(std::move(ending));
}

Task<void> Delivery::close() {
  tell_observers();
  // What feeds the stream may use the request until it has closed. A read that is under way finds the end by itself.
  if (!is_over_ && !is_reading_ && body_.is_stream()) {
    is_over_ = true;
    co_await body_.stream()->close();
    co_await running_.finish(DeliveryOutcome::aborted);
    co_return;
  }
  cancel();
  if (!ending_) co_return;
  Task<void> ending = std::move(*ending_);
  ending_.reset();
  co_await ending;
}

}  // namespace sluice
