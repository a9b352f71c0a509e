// SPDX-License-Identifier: Apache-2.0
// One exchange: the request goes out, interim answers are passed over, the head of the answer becomes a Response.
#include "http/answer_body.hpp"
#include "http/head_check.hpp"
#include "http/head_writer.hpp"
#include "http/proxy_tunnel.hpp"
#include "http/websocket_handshake.hpp"
#include "http/worker_client.hpp"

#include <algorithm>
#include <cstring>

namespace sluice::http {
namespace {

constexpr std::size_t inline_body_bytes = 16 * 1024;  // smaller bodies are copied, and the answer is complete at once

/// How a request leaves.
struct Departure {
  Wire::Leaving when;
  bool looks_first;  ///< Whether the backend has gone is to be seen before anything of the request is used up.
};

/// Of a stream it must be known before it is used up whether the connection still lives, and TLS knows it by itself;
/// what may neither be lost nor sent twice is not sent to a backend that has gone (U4).
Departure departure_of(const OutgoingRequest& request, bool is_reused, bool is_over_tls) {
  using enum Wire::Leaving;
  const bool is_stream = request.body.is_stream();
  const bool must_see_peer = is_reused && (is_stream || !is_idempotent(request.method));
  if (is_stream || (is_over_tls && !request.body.is_none())) return {at_once, must_see_peer};
  if (must_see_peer && !is_over_tls) return {with_turn_once, false};
  return {with_turn, must_see_peer};
}

}  // namespace

bool is_idempotent(std::string_view method) {
  for (std::string_view safe : {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}) {
    if (method == safe) return true;
  }
  return false;
}

Error WorkerClient::invalid_answer(std::string_view what) {
  cells.invalid.add();
  return Error(ErrorCode::backend_answer_invalid, "The backend's answer is not valid HTTP: " + std::string(what) + ".");
}

Error WorkerClient::timed_out() {
  cells.timed_out.add();
  return Error(ErrorCode::timeout);
}

/// U4: nothing of an answer has come, the connection may simply have been too old, and sending twice does no harm.
bool WorkerClient::may_send_again(const Attempt& attempt) const {
  if (attempt.is_untouched) return true;
  if (!attempt.reused || attempt.received) return false;
  if (attempt.request.body.is_stream() && attempt.request.upgrade.empty()) return false;
  return is_idempotent(attempt.request.method) || attempt.connection->wrote_nothing();
}

Error WorkerClient::lost(const Attempt& attempt) {
  cells.broken.add();
  Error error(ErrorCode::backend_connection_failure, "The backend closed the connection without an answer.");
  if (attempt.received) return error;
  return std::move(error).with_retry(attempt.reused ? RetryAdvice::if_reused_connection : RetryAdvice::no);
}

/// An answer while it is read.
struct WorkerClient::Reading {
  explicit Reading(const HttpLimits& limits) : bounds(answer_bounds(limits)) {}
  HeadBounds bounds;
  std::string partial;  ///< Of a head.
  std::size_t seen = 0;
  unsigned interim = 0;
};

Task<Result<Response>> WorkerClient::send_http_1(OutgoingRequest& request, Arena& arena, Cancellation& cancellation) {
  const bool limited = request.timeout.count() > 0;
  return carry({request, arena, cancellation, limited ? worker_.turn_time() + request.timeout : SteadyTime::max()});
}

Task<Result<Response>> WorkerClient::send_instead(Attempt& attempt, WireRef wire) {
  if (wire == nullptr) return send_http_1(attempt.request, attempt.arena, attempt.cancellation);
  OriginPool& pool = pool_for(attempt.request);
  pool.state.adopt();
  pool.speaks_http_1 = true;
  cells.opened.add();
  pool.cells.requests.add();
  pool.cells.opened.add();
  attempt.connection = new ClientConnection(*this, pool, std::move(wire));
  return carry(attempt);
}

/// One coroutine for all: this is the way of every request.
Task<Result<Response>> WorkerClient::carry(Attempt attempt) {
  Cohorts& cohorts = worker_.loop().cohorts();
  for (bool again = attempt.connection != nullptr;; again = true) {
    if (attempt.connection == nullptr) {
      co_await cohorts.at(Cohorts::Place::sending);
      if (attempt.cancellation.requested()) co_return fail(ErrorCode::cancelled);
      Result<void> leased = co_await lease(attempt);
      if (!leased) {
        if (leased.error().code() == ErrorCode::cancelled) cells.cancelled.add();
        co_return fail(std::move(leased.error()));
      }
    }
    const ConnectionRef connection = attempt.connection;
    std::optional<Result<Response>> answer = begin(attempt);
    if (!answer) {
      Cancellation::Registration on_cancel(attempt.cancellation, [&attempt, &connection] {
        const ConnectionRef alive = connection;
        attempt.cancelled = true;
        alive->wire().interrupt_read(Wake::cancelled);
      });
      Reading reading(limits());
      while (!answer) {
        const auto timeout = time_left(attempt);
        const bool was_sending = connection->is_sending();
        Wake why = Wake::timeout;
        if (timeout.count() > 0) why = co_await connection->wire().readable(timeout);
        co_await cohorts.at(Cohorts::Place::answer);
        answer = take_answer(attempt, reading, why, was_sending);
      }
    }
    if (*answer) {
      co_await cohorts.at(Cohorts::Place::returning);
      co_return std::move(**answer);
    }
    const bool stale = answer->error().retry() == RetryAdvice::if_reused_connection;
    const bool repeat = !again && stale && may_send_again(attempt) && !attempt.cancellation.requested();
    if (repeat) close_idle(pool_for(attempt.request));  // as old as this one, and likely as dead
    connection->pool().cells.ended(answer->error().code());
    connection->drop();
    if (!repeat) co_return fail(std::move(answer->error()));
    attempt.connection = nullptr;
    attempt.is_untouched = false;
    cells.resent.add();
  }
}

/// Sends the request. Nothing: its answer is to come.
std::optional<Result<Response>> WorkerClient::begin(Attempt& attempt) {
  ClientConnection& connection = *attempt.connection;
  connection.begin();
  Wire& wire = connection.wire();
  const Departure departure = departure_of(attempt.request, attempt.reused, wire.tls() != nullptr);
  wire.let_leave(departure.when);
  if (departure.looks_first && wire.peer_has_gone()) {
    attempt.is_untouched = true;
    return fail(lost(attempt));
  }
  std::string& head = worker_.head_text();
  const OutgoingFraming framing = framing_of(attempt.request);
  if (!append_request_head(head, attempt.request, framing)) {
    return fail(ErrorCode::policy_value_invalid,
                "The request to the backend holds a method, target, name or value that HTTP does not allow.");
  }
  if (attempt.request.upgrade.empty()) {
    connection.send(attempt.request, head, framing.body == Framing::chunked);
  } else {
    add_upgrade_fields(head);
    connection.send_handshake(head);
  }
  return std::nullopt;
}

/// How long the next bytes of the answer may take; nothing left: 0 or less.
std::chrono::milliseconds WorkerClient::time_left(const Attempt& attempt) const {
  const auto gap = limits().answer_gap_timeout;
  if (attempt.deadline == SteadyTime::max()) return gap;
  return std::min(gap, std::chrono::duration_cast<std::chrono::milliseconds>(attempt.deadline - worker_.turn_time()));
}

/// Reads what has come. Nothing: wait for more.
std::optional<Result<Response>> WorkerClient::take_answer(Attempt& attempt, Reading& reading, Wake why,
                                                          bool was_sending) {
  ClientConnection& connection = *attempt.connection;
  if (attempt.cancelled || why == Wake::cancelled) {
    cells.cancelled.add();
    return fail(ErrorCode::cancelled);
  }
  if (connection.body_error()) {
    cells.cancelled.add();
    return fail(*connection.body_error());
  }
  if (why == Wake::timeout) {
    if (was_sending && worker_.turn_time() < attempt.deadline)
      return std::nullopt;  // the gap begins when all has been sent
    return fail(timed_out());
  }
  Block block = worker_.take_block();
  const IoResult result = connection.wire().read(block.data(), Block::size);
  if (result.outcome == IoOutcome::blocked) return std::nullopt;
  if (result.outcome != IoOutcome::done) return fail(lost(attempt));
  attempt.received = true;
  cells.bytes_received.add(result.bytes);
  std::string_view bytes(block.data(), result.bytes);
  if (!reading.partial.empty()) bytes = reading.partial.append(bytes);
  return read_heads(attempt, reading, bytes, block);
}

/// Passes over interim answers.
std::optional<Result<Response>> WorkerClient::read_heads(Attempt& attempt, Reading& reading, std::string_view bytes,
                                                         Block& block) {
  while (!bytes.empty()) {
    const auto extent = find_head_end(bytes, reading.seen, reading.bounds);
    if (!extent) return fail(invalid_answer("its head is malformed or too large"));
    if (extent->bytes == 0) break;
    reading.seen = 0;
    Response response(attempt.arena);
    const std::string_view head = attempt.arena.copy(bytes.substr(0, extent->bytes));
    bytes.remove_prefix(extent->bytes);
    const auto framing = read_answer_head(head, limits(), attempt.request.method, response);
    if (!framing) return fail(invalid_answer(framing.error().message));
    if (attempt.request.proxy != nullptr && is_refused_by_proxy(attempt.request, framing->status)) [[unlikely]]
      return fail(proxy_failed(proxy_refusal(framing->status, head, limits())));
    if (framing->status >= 200) return make_response(attempt, std::move(response), *framing, bytes, block);
    if (framing->status == 101) return change_protocol(attempt, std::move(response), head, bytes, block);
    if (++reading.interim > limits().interim_responses) return fail(invalid_answer("it has too many interim answers"));
  }
  reading.seen = bytes.size();
  reading.partial = std::string(bytes);
  return std::nullopt;
}

Result<Response> WorkerClient::make_response(Attempt& attempt, Response response, const AnswerFraming& framing,
                                             std::string_view rest, Block& block) {
  ClientConnection& connection = *attempt.connection;
  connection.expect_body(framing.body, framing.content_length, framing.reusable);
  const std::size_t size = std::min(rest.size(), Block::size);
  char* const body_bytes = block.keep(rest.substr(0, size));
  const BodyReader::Piece piece = connection.reader().take(body_bytes, size);
  if (!piece.valid) return fail(invalid_answer("its chunked coding is malformed"));
  std::optional<std::uint64_t> length;
  if (framing.body == Framing::length) length = framing.content_length;
  const bool whole = connection.reader().finished();
  const bool has_trailers = connection.reader().has_trailers();
  if (whole && framing.body != Framing::none && piece.data.size() <= inline_body_bytes && !has_trailers) {
    response.body = Body::bytes(attempt.arena.copy(piece.data));
  } else if (framing.body != Framing::none) {
    if (whole && framing.body == Framing::chunked && !has_trailers) length = piece.data.size();
    auto body = std::make_unique<AnswerBody>(worker_, whole ? nullptr : attempt.connection, std::move(block),
                                             piece.data, attempt.cancellation);
    if (has_trailers) body->set_trailers(connection.reader().take_trailers());
    response.body = Body::stream(std::move(body), length);
  }
  if (whole) connection.finish(piece.consumed == size);
  return response;
}

}  // namespace sluice::http
