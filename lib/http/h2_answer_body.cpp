// SPDX-License-Identifier: Apache-2.0
#include "http/h2_answer_body.hpp"

#include "http/worker_client.hpp"

namespace sluice::http {

H2AnswerBody::H2AnswerBody(Worker& worker, H2ExchangeRef exchange, Cancellation& cancellation)
    : worker_(worker), exchange_(std::move(exchange)), on_cancel_(cancellation, Cancel{this}) {}

H2AnswerBody::~H2AnswerBody() {
  if (worker_.is_current()) {
    exchange_->give_up();
    return;
  }
  // What belongs to the worker goes back on its thread.
  worker_.post([exchange = exchange_.detach()] {
    const H2ExchangeRef owned(exchange, false);
    owned->give_up();
  });
}

const Headers* H2AnswerBody::trailers() const {
  return exchange_->answer().ended() ? exchange_->answer().trailers() : nullptr;
}

void H2AnswerBody::give_up() {
  if (error_) return;
  error_ = Error(ErrorCode::cancelled);
  exchange_->cancel();
}

void H2AnswerBody::cancel() {
  if (worker_.is_current()) return give_up();
  worker_.post([exchange = exchange_.get()] { exchange->cancel(); });  // the destructor's turn comes after this one
}

Task<BodyChunk> H2AnswerBody::read() {
  if (worker_.is_current()) {
    if (auto chunk = take_now()) return std::move(*chunk);
  }
  return wait_and_read();
}

BodyChunk H2AnswerBody::failed() {
  if (!error_) error_ = exchange_->connection().client().failure_of(*exchange_, "The backend's answer was cut.");
  exchange_->count_failed(error_->code());
  return fail(*error_);
}

std::optional<BodyChunk> H2AnswerBody::take_now() {
  if (error_) return BodyChunk(fail(*error_));
  const std::string_view data = exchange_->session().take_body(*exchange_);
  if (exchange_->session().wants_to_send()) exchange_->connection().flush();
  if (!data.empty()) return BodyChunk(data);
  if (exchange_->answer().ended()) return BodyChunk(std::string_view{});
  if (exchange_->failure() != H2ClientStream::Failure::none) return failed();
  return std::nullopt;
}

Task<BodyChunk> H2AnswerBody::wait_and_read() {
  co_await worker_.here();
  for (;;) {
    if (auto chunk = take_now()) co_return std::move(*chunk);
    const auto patience = exchange_->connection().client().limits().answer_gap_timeout;
    const Wake why = co_await exchange_->change(Worker::coarse_now() + patience);
    if (why != Wake::timeout) continue;
    exchange_->connection().client().cells.timed_out.add();
    error_ = Error(ErrorCode::timeout, "The backend's answer stalled.");
    exchange_->count_failed(error_->code());
    const bool is_silent = exchange_->connection().is_silent_since(Worker::coarse_now() - patience);
    exchange_->give_up();
    if (is_silent) exchange_->connection().doubt();
    co_return fail(*error_);
  }
}

}  // namespace sluice::http
