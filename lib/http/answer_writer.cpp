// SPDX-License-Identifier: Apache-2.0
// The common case, a body in memory that the kernel takes at once, runs without a coroutine of its own.
#include "http/answer_writer.hpp"

#include "http/head_writer.hpp"
#include "http/local_answer.hpp"

namespace sluice::http {
namespace {

constexpr std::size_t joined_body_bytes = 4 * 1024;  // copied behind what stands before: cheaper than a second piece

/// True for answers that end with their head.
bool is_bodiless(const AnswerTarget& target, int status) {
  return target.request.is_head || status == 204 || status == 304;
}

OutgoingFraming choose_framing(AnswerTarget& target, const Response& response) {
  OutgoingFraming framing;
  const auto length = response.body.length();
  if (is_bodiless(target, response.status)) {
    // What a GET would have got, as far as it is known.
    if (response.status == 204) {
      framing.content_length = std::nullopt;
    } else if (response.body.is_none()) {
      framing.content_length = read_content_length(response.headers.get("content-length"));
    } else {
      framing.content_length = length;
    }
  } else if (length) {
    framing.body = *length != 0 ? Framing::length : Framing::none;
    framing.content_length = length;
  } else if (target.request.http_1_0) {
    framing.body = Framing::until_close;
    target.close = true;
    target.ends_by_close = true;
  } else {
    framing.body = Framing::chunked;
  }
  framing.close = target.close;
  framing.keep_alive = target.request.http_1_0 && !target.close;
  return framing;
}

/// Writes the head; nothing for an answer that cannot be written down (P7).
std::optional<OutgoingFraming> write_head(std::string& to, AnswerTarget& target, const Response& response) {
  const OutgoingFraming framing = choose_framing(target, response);
  if (response.status < 200) return std::nullopt;
  if (!append_answer_head(to, response, framing, target.shard.worker.http_date())) return std::nullopt;
  return framing;
}

Sent sent_of(Wake why) {
  if (why == Wake::ready) return Sent::whole;
  return why == Wake::timeout ? Sent::too_slow : Sent::caller_gone;
}

/// Writes all of `pieces`, with a coroutine only when the kernel does not take them at once.
Task<Wake> write_all(AnswerTarget& target, Gather pieces) {
  target.shard.cells.bytes_sent.add(pieces.bytes());
  const IoResult result = target.wire.write(pieces);
  if (result.outcome == IoOutcome::failed) return Wake::closed;
  if (pieces.empty()) return Wake::ready;
  return write_rest(target.wire, pieces, target.shard.core.limits().write_timeout);
}

Task<Sent> finish_bytes(AnswerTarget& target, std::string head, std::string_view body, std::size_t written) {
  Gather pieces;
  pieces.add(head);
  pieces.add(body);
  pieces.advance(written);
  co_return sent_of(co_await write_rest(target.wire, pieces, target.shard.core.limits().write_timeout));
}

/// The pieces of one chunk on the wire; `size_line` holds what stands before the data, or the end of the body.
Gather frame(std::string_view head, const std::string& size_line, std::string_view data, bool chunked) {
  Gather pieces;
  pieces.add(head);
  if (chunked) pieces.add(size_line);
  pieces.add(data);
  if (chunked && !data.empty()) pieces.add("\r\n");
  return pieces;
}

Task<Wake> write_copy(AnswerTarget& target, std::string text) {
  Gather pieces;
  pieces.add(text);
  co_return co_await write_rest(target.wire, pieces, target.shard.core.limits().write_timeout);
}

/// As `write_all`; small pieces go out as one, as most events of a stream are.
Task<Wake> write_piece(AnswerTarget& target, const Gather& pieces) {
  const std::size_t bytes = pieces.bytes();
  if (pieces.count() == 1 || bytes > joined_body_bytes) return write_all(target, pieces);
  std::string& text = target.shard.worker.head_text();
  pieces.append_to(text);
  Gather joined;
  joined.add(text);
  target.shard.cells.bytes_sent.add(bytes);
  const IoResult result = target.wire.write(joined);
  if (result.outcome == IoOutcome::failed) return Wake::closed;
  if (joined.empty()) return Wake::ready;
  return write_copy(target, text.substr(bytes - joined.bytes()));
}

Task<Sent> send_stream(AnswerTarget& target, Response& response) {
  std::string head;
  std::string size_line;
  BodyStream& stream = *response.body.stream();
  const auto written = write_head(head, target, response);
  if (!written) {
    co_await stream.close();
    co_await target.shard.worker.here();
    make_internal_error(response);
    co_return co_await send_answer(target, response);
  }
  const OutgoingFraming& framing = *written;
  std::uint64_t left = framing.content_length.value_or(0);
  bool ended = false;
  std::string_view unsent_head = head;
  while (!ended) {
    Task<BodyChunk> reading = stream.read();
    if (!reading.is_ready() && !unsent_head.empty()) {
      Gather alone;
      alone.add(std::exchange(unsent_head, {}));
      const Wake why = co_await write_all(target, alone);
      if (why != Wake::ready) {
        stream.cancel();
        co_await reading;
        co_return sent_of(why);
      }
    }
    const BodyChunk chunk = co_await reading;
    co_await target.shard.worker.here();
    if (!chunk) {
      if (unsent_head.empty()) co_return Sent::broken;
      // Nothing has been sent: the head still tells the caller what was to come, and then it breaks.
      Gather alone;
      alone.add(unsent_head);
      const Wake why = co_await write_all(target, alone);
      co_return why == Wake::ready ? Sent::broken : sent_of(why);
    }
    const bool at_end = chunk->empty();
    ended = at_end;
    if (framing.body == Framing::length) {
      if (chunk->size() > left || (at_end && left != 0)) co_return Sent::broken;
      left -= chunk->size();
    }
    const bool chunked = framing.body == Framing::chunked;
    size_line.clear();
    if (chunked && !at_end) append_chunk_size(size_line, chunk->size());
    if (chunked && at_end && !append_last_chunk(size_line, stream.trailers())) co_return Sent::broken;
    const Gather pieces = frame(std::exchange(unsent_head, {}), size_line, *chunk, chunked);
    if (pieces.empty()) continue;
    const Wake why = co_await write_piece(target, pieces);
    if (why != Wake::ready) {
      stream.cancel();
      co_return sent_of(why);
    }
  }
  co_return Sent::whole;
}

}  // namespace

namespace {

/// Drops a body that must not be sent, telling its length where that is known.
Task<Sent> send_without_body(AnswerTarget& target, Response& response) {
  co_await response.body.stream()->close();
  co_await target.shard.worker.here();
  const auto length = response.body.length();
  response.body = Body();
  if (length && !response.headers.contains("content-length")) {
    response.headers.set("Content-Length", std::to_string(*length));
  }
  co_return co_await send_answer(target, response);
}

}  // namespace

Task<Sent> send_answer(AnswerTarget& target, Response& response) {
  if (response.body.is_stream() && is_bodiless(target, response.status)) return send_without_body(target, response);
  if (response.body.is_stream()) return send_stream(target, response);
  std::string& head = target.shard.worker.head_text();
  if (!write_head(head, target, response)) {
    make_internal_error(response);
    write_head(head, target, response);
  }
  std::string_view body = is_bodiless(target, response.status) ? std::string_view{} : response.body.data();
  if (body.size() <= joined_body_bytes) head.append(std::exchange(body, {}));
  Gather pieces;
  pieces.add(head);
  pieces.add(body);
  const std::size_t all = pieces.bytes();
  target.shard.cells.bytes_sent.add(all);
  const IoResult result = target.wire.write(pieces);
  if (result.outcome == IoOutcome::failed) return Sent::caller_gone;
  if (pieces.empty()) return Sent::whole;
  return finish_bytes(target, head, body, all - pieces.bytes());
}

}  // namespace sluice::http
