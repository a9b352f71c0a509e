// SPDX-License-Identifier: Apache-2.0
#include "http/h2_server_stream.hpp"

#include "http/h2_answer_head.hpp"
#include "http/h2_request_body.hpp"
#include "http/h2_server_connection.hpp"
#include "http/local_answer.hpp"

#include <exception>
#include <optional>
#include <string>

namespace sluice::http {

H2ServerStream::H2ServerStream(H2Connection& connection)
    : H2Stream(connection.shard().worker.take_request(), connection.shard().core.rules),
      connection_(&connection),
      body_wait_(connection.shard().worker),
      answer_wait_(connection.shard().worker) {}

H2ServerStream::~H2ServerStream() {
  if (auto request = take_request()) connection_->shard().worker.give_back(std::move(request));
}

void H2ServerStream::on_news() {
  const Ref alive(this);
  if (has(H2News::request)) begin();
  if (has(H2News::body)) body_wait_.wake(Wake::ready);
  if (has(H2News::closed)) return on_closed();
  if (has(H2News::room)) answer_wait_.wake(Wake::ready);
}

void H2ServerStream::begin() {
  ServerCells& cells = connection_->shard().cells;
  cells.requests.add();
  cells.h2_streams.add();
  if (refusal()) cells.refused.add();
  if (is_closed() || (refusal() && refusal()->status == H2RequestHead::malformed.status)) {
    if (!refusal()) cells.client_aborts.add();
    return connection_->session().finish(*this);
  }
  if (!refusal()) {
    connection_->describe(request());
    set_body();
    admitted_ = connection_->shard().admission.enter(ticket_);
  }
  awaits_continue_ = framing().expects_continue && !body_has_ended() && !has_body_bytes();
  running_ = true;
  serve(Ref(this));
}

/// A body that has come with its head is bytes, unless trailers follow it.
void H2ServerStream::set_body() {
  if (!body_has_ended() || trailers() != nullptr) {
    auto stream = std::make_unique<H2RequestBody>(*this);
    body_ = stream.get();
    std::optional<std::uint64_t> length;
    if (framing().body == Framing::length) length = framing().content_length;
    request().body = Body::stream(std::move(stream), length);
  } else if (has_body_bytes()) {
    H2ServerSession& session = connection_->session();
    request().body = Body::bytes(request().arena.copy(session.take_body(*this)));
    session.take_body(*this);  // it has been used
  }
}

void H2ServerStream::send_continue() {
  if (!std::exchange(awaits_continue_, false) || is_closed()) return;
  H2FieldList head(request().arena, 1);
  head.add(":status", "100");
  connection_->session().interim(*this, head);
  connection_->send_soon();
}

/// H5: whoever works for the stream hears of it in the same event.
void H2ServerStream::on_closed() {
  if (!running_) return connection_->session().finish(*this);  // it had not begun, or has ended
  if (!is_answered()) {
    gone_ = !broken_ && !stalled_;
    cancelling_ = true;
    body_wait_.wake(Wake::closed);
    request().cancellation.request();
    cancelling_ = false;
  }
  answer_wait_.wake(Wake::closed);
}

sluice::detail::Detached H2ServerStream::serve([[maybe_unused]] Ref self) {
  ServerShard& shard = connection_->shard();
  shard.begin_request();
  {
    std::optional<Response> response;
    try {
      Task<Response> answering = answer();
      response.emplace(co_await answering);
    } catch (const std::exception&) {
      // The handler is the host's code: what it throws ends here and shows in the statistics.
      shard.cells.handler_failures.add();
    }
    co_await shard.worker.here();
    if (admitted_) shard.admission.answered(ticket_);
    if (!response) {
      response.emplace(request().arena);
      make_internal_error(*response);
    }
    if (!is_closed()) {
      awaits_continue_ = false;
      if (response->body.is_stream()) {
        Task<void> sending = send_stream(*response);
        co_await sending;
        co_await shard.worker.here();
      } else {
        send_bytes(*response);
      }
      while (!is_closed()) {
        const std::uint64_t before = sent_bytes();
        const Wake why = co_await answer_wait_.for_at_most(stall_timeout());
        if (why == Wake::timeout) break_stalled(before);
      }
    }
    // What the answer still has to settle (hooks that run after it) is awaited here, not in its destructor.
    if (BodyStream* stream = response->body.stream(); stream != nullptr && !is_answered()) {
      co_await stream->close();
      co_await shard.worker.here();
    }
  }
  if (cancelling_) co_await shard.worker.next_turn();
  end(gone_);
}

Task<Response> H2ServerStream::answer() {
  Response response(request().arena);
  if (refusal()) {
    make_refusal(*refusal(), response);
    return Task<Response>(std::move(response));
  }
  if (!admitted_) {  // O1
    make_refusal({shed_status, shed_message}, response);
    response.headers.append_view("Retry-After", retry_after(connection_->shard().admission.cause()));
    return Task<Response>(std::move(response));
  }
  if (answer_locally(request(), response)) return Task<Response>(std::move(response));
  return connection_->shard().core.handler.handle(request());
}

H2FieldList H2ServerStream::make_head(Response& response) {
  const std::string_view date = connection_->shard().worker.http_date();
  if (auto head = make_answer_fields(response, framing().is_head, date)) return *head;
  make_internal_error(response);
  return *make_answer_fields(response, framing().is_head, date);
}

void H2ServerStream::send_bytes(Response& response) {
  H2ServerSession& session = connection_->session();
  const H2FieldList head = make_head(response);
  const std::string_view bytes =
      is_bodiless(response.status, framing().is_head) ? std::string_view{} : response.body.data();
  if (!bytes.empty()) session.offer(*this, bytes, true);
  session.respond(*this, head, !bytes.empty());
  connection_->send_soon();
}

Task<void> H2ServerStream::send_stream(Response& response) {
  Worker& worker = connection_->shard().worker;
  const auto head = make_answer_fields(response, framing().is_head, worker.http_date());
  if (!head || is_bodiless(response.status, framing().is_head)) {
    // A body that must not be sent ends before its head is sent, with all that feeds it.
    co_await response.body.stream()->close();
    co_await worker.here();
    const auto length = response.body.length();
    response.body = Body();
    if (length && !response.headers.contains("content-length"))
      response.headers.set("Content-Length", std::to_string(*length));
    if (!is_closed()) send_bytes(response);
    co_return;
  }
  connection_->session().respond(*this, *head, true);
  connection_->send_soon();
  Task<void> sending = send_pieces(response);
  co_await sending;
}

/// Each piece is read when the windows and the socket have room for it, and not before.
Task<void> H2ServerStream::send_pieces(Response& response) {
  Worker& worker = connection_->shard().worker;
  H2ServerSession& session = connection_->session();
  BodyStream& stream = *response.body.stream();
  const auto length = response.body.length();
  std::uint64_t offered = 0;
  for (;;) {
    const bool has_room = co_await next_room();
    if (!has_room) co_return;
    Task<BodyChunk> reading = stream.read();
    const BodyChunk chunk = co_await reading;
    co_await worker.here();
    if (is_closed()) co_return;
    const bool at_end = chunk && chunk->empty();
    if (chunk) offered += chunk->size();
    auto trailers = make_trailer_fields(at_end ? stream.trailers() : nullptr, request().arena);
    if (!chunk || !trailers || (length && (offered > *length || (at_end && offered != *length)))) {
      broken_ = true;  // U5: and it looks broken
      session.reset(*this, NGHTTP2_INTERNAL_ERROR);
      co_return connection_->send_soon();
    }
    if (at_end) {
      session.end_body(*this, *trailers);
    } else {
      session.offer(*this, *chunk, false);
    }
    connection_->send_soon();
    if (at_end) co_return;
  }
}

/// Waits until the next piece may be sent or the stream is closed; false in the latter case.
Task<bool> H2ServerStream::next_room() {
  while (!is_closed()) {
    const std::uint64_t before = sent_bytes();
    const Wake why = co_await answer_wait_.for_at_most(stall_timeout());
    if (why == Wake::ready) break;
    if (why == Wake::timeout) break_stalled(before);
  }
  co_return !is_closed();
}

std::chrono::milliseconds H2ServerStream::stall_timeout() const { return connection_->limits().http2.stall_timeout; }

/// T7: a peer whose window stays shut is not waited for any longer. `sent_before`: bytes sent when the wait began.
void H2ServerStream::break_stalled(std::uint64_t sent_before) {
  if (!waits_for_window() || sent_bytes() != sent_before || broken_ || stalled_) return;
  stalled_ = true;
  connection_->shard().cells.write_timeouts.add();
  connection_->session().reset(*this, NGHTTP2_CANCEL);
  connection_->end_soon();
}

void H2ServerStream::end(bool gone) {
  ServerCells& cells = connection_->shard().cells;
  running_ = false;
  if (body_ != nullptr) body_->cancel();  // wakes who still reads it
  if (is_answered()) {
    if (admitted_) cells.completed.add();
  } else if (broken_) {
    cells.broken_answers.add();
  } else if (gone && !connection_->is_broken_off()) {
    cells.client_aborts.add();
  }
  connection_->shard().end_request();
  if (admitted_) connection_->shard().admission.leave(ticket_);
  connection_->session().finish(*this);
  // The body may stand in the request still, and refers to this stream.
  connection_->shard().worker.give_back(take_request());
  connection_->on_stream_end();
}

}  // namespace sluice::http
