// SPDX-License-Identifier: Apache-2.0
// One request: a connection, its exchange, and once more where the backend has not looked at it (U4).
#include "http/h2_client.hpp"

#include "http/h2_answer_body.hpp"
#include "http/tls_stream.hpp"

#include <algorithm>

namespace sluice::http {
namespace {

using Failure = H2ClientStream::Failure;

constexpr unsigned most_attempts = 3;

}  // namespace

WorkerClient::WorkerClient(Worker& worker, ClientShared& shared)
    : worker_(worker), shared_(shared), resolver_(worker, shared.limits, shared.look_up) {}
WorkerClient::~WorkerClient() = default;

H2Client& WorkerClient::h2() {
  if (h2_ == nullptr) {
    auto made = std::make_unique<H2Client>(*this);
    const std::lock_guard lock(pools_mutex_);
    h2_ = std::move(made);
  }
  return *h2_;
}

/// Not HTTP/1.1 alone, so HTTP/2 where the backend speaks it.
Task<Result<Response>> WorkerClient::send_any(OutgoingRequest& request, Arena& arena, Cancellation& cancellation) {
  if (request.versions == HttpVersions::http_1_or_2 && (request.url.scheme != "https" || speaks_http_1(request))) {
    return send_http_1(request, arena, cancellation);
  }
  return h2().send(request, arena, cancellation);
}

Error WorkerClient::failure_of(H2Exchange& exchange, std::string_view lost) {
  switch (exchange.failure()) {
    case Failure::malformed: {
      const std::string_view problem = exchange.answer().problem();
      return invalid_answer(!problem.empty() ? problem : exchange.session().violation());
    }
    case Failure::given_up: return exchange.body_error() ? *exchange.body_error() : Error(ErrorCode::cancelled);
    case Failure::unprocessed:
      cells.broken.add();
      return Error(ErrorCode::backend_connection_failure, "The backend did not take the request.")
          .with_retry(RetryAdvice::yes);
    case Failure::reset:
      cells.broken.add();
      return Error(ErrorCode::backend_connection_failure, "The backend broke the request off.");
    default: break;
  }
  cells.broken.add();
  return Error(ErrorCode::backend_connection_failure, std::string(lost));
}

bool H2Client::may_send_again(const Attempt& attempt, const H2Exchange& exchange) const {
  if (attempt.request.body.is_stream() && exchange.has_read_body()) return false;
  if (exchange.failure() == Failure::unprocessed) return true;
  return exchange.failure() == Failure::lost && attempt.reused && !exchange.has_received() &&
         is_idempotent(attempt.request.method);
}

Task<Result<Response>> H2Client::send(OutgoingRequest& request, Arena& arena, Cancellation& cancellation) {
  client_.cells.requests.add();
  if (cancellation.requested()) co_return fail(ErrorCode::cancelled);
  const bool limited = request.timeout.count() > 0;
  const SteadyTime deadline = limited ? Worker::coarse_now() + request.timeout : SteadyTime::max();
  for (unsigned attempts = 1;; ++attempts) {
    Attempt attempt{request, arena, cancellation, deadline, nullptr};
    const H2OriginPoolRef pool(&pool_for(request));
    Result<Lease> leased = co_await lease(*pool, attempt);
    if (leased && leased->is_http_1) co_return co_await client_.send_instead(attempt, std::move(leased->http_1));
    pool->cells.requests.add();
    if (!leased) {
      const ErrorCode code = leased.error().code();
      (code == ErrorCode::cancelled ? client_.cells.cancelled : client_.cells.failed).add();
      pool->cells.ended(code);
      co_return fail(std::move(leased.error()));
    }
    attempt.reused = leased->reused;
    const H2ExchangeRef running(new H2Exchange(*leased->connection, arena, request.method));
    Result<Response> answer = co_await exchange(attempt, *running);
    if (answer) co_return std::move(*answer);
    running->count_failed(answer.error().code());
    const bool repeat = attempts < most_attempts && may_send_again(attempt, *running) && !cancellation.requested();
    running->give_up();
    if (!repeat) co_return fail(std::move(answer.error()));
    client_.cells.resent.add();
  }
}

Task<Result<Response>> H2Client::exchange(Attempt& attempt, H2Exchange& exchange) {
  const bool is_safe = is_idempotent(attempt.request.method);
  if (attempt.reused && !is_safe && exchange.connection().peer_has_gone()) exchange.connection().drop();
  if (!exchange.begin(attempt.request, attempt.arena)) {
    exchange.connection().flush();  // a new connection is for those in line, too
    co_return fail(ErrorCode::policy_value_invalid,
                   "The request to the backend holds a method, target, name or value that HTTP does not allow.");
  }
  bool cancelled = false;
  Cancellation::Registration on_cancel(attempt.cancellation, [&cancelled, &exchange] {
    const H2ExchangeRef alive(&exchange);
    cancelled = true;
    alive->give_up();
  });
  for (std::size_t left_to_send = exchange.upload_bytes();;) {
    if (cancelled) {
      client_.cells.cancelled.add();
      co_return fail(ErrorCode::cancelled);
    }
    if (exchange.answer().has_head()) co_return make_response(attempt, exchange);
    if (exchange.failure() != Failure::none) {
      co_return fail(client_.failure_of(exchange, "The backend closed the connection without an answer."));
    }
    const auto patience = client_.limits().answer_gap_timeout;
    const Wake why = co_await exchange.change(std::min(attempt.deadline, Worker::coarse_now() + patience));
    if (why != Wake::timeout || cancelled) continue;
    const bool moves = exchange.is_uploading() && exchange.upload_bytes() != left_to_send;
    if (moves && Worker::coarse_now() < attempt.deadline) {
      left_to_send = exchange.upload_bytes();  // the gap begins when all has been sent
      continue;
    }
    // The later half counts: settings come at first from whoever is alive then.
    const SteadyTime now = Worker::coarse_now();
    const bool is_silent = exchange.connection().is_silent_since(now - (now - exchange.begun_at()) / 2);
    exchange.give_up();
    if (is_silent) exchange.connection().doubt();
    co_return fail(client_.timed_out());
  }
}

Response H2Client::make_response(Attempt& attempt, H2Exchange& exchange) {
  constexpr std::size_t inline_body_bytes = 16 * 1024;  // as over HTTP/1.1: smaller bodies are complete at once
  H2Answer& answer = exchange.answer();
  Response response = answer.take_head();
  exchange.count_head_time();
  if (!answer.may_have_body()) {
    exchange.count_completed();
    exchange.give_up();  // where the backend has not ended it with the head
    return response;
  }
  const bool has_trailers = answer.trailers() != nullptr;
  const bool is_whole = answer.ended() && !has_trailers;
  if (is_whole && answer.waiting_bytes() <= inline_body_bytes) {
    if (answer.waiting_bytes() != 0) {
      response.body = Body::bytes(attempt.arena.copy(exchange.session().take_body(exchange)));
      exchange.session().release(exchange);
      if (exchange.session().wants_to_send()) exchange.connection().flush();
    }
    return response;
  }
  std::optional<std::uint64_t> length = answer.announced_length();
  if (is_whole) length = answer.waiting_bytes();
  if (answer.ended() && has_trailers) length.reset();  // HTTP/1.1 can send them only in chunks
  response.body = Body::stream(
      std::make_unique<H2AnswerBody>(client_.worker(), H2ExchangeRef(&exchange), attempt.cancellation), length);
  return response;
}

}  // namespace sluice::http
