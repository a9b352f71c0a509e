// SPDX-License-Identifier: Apache-2.0
// Receiving heads and the life of a connection. Serving a request is in session_serve.cpp.
#include "http/server_session.hpp"

#include "http/h2_server_connection.hpp"
#include "http/head_check.hpp"
#include "http/head_writer.hpp"
#include "http/request_body.hpp"
#include "http/upgraded_session.hpp"

#include <algorithm>
#include <cstring>

namespace sluice::http {
namespace {

constexpr std::string_view h2_preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

}  // namespace

void Session::start(ServerShard& shard, WireRef wire, std::string peer) {
  const SessionRef session(new Session(shard, std::move(wire), std::move(peer)));
  session->await_head();
}

Session::~Session() = default;

void Session::drain() {
  const SessionRef alive(this);
  if (upgrade_ != nullptr) return upgrade_->leave();
  if (request_ == nullptr && pending_.empty()) close_idle();
}

void Session::break_off() {
  const SessionRef alive(this);
  broken_off_ = true;
  if (request_ == nullptr) return close();
  shard().cells.drain_broken.add();
  cancel_request([&] { wire().reset(); });
}

void Session::await_head() {
  if (is_closed()) return;
  const auto wake = [](void* session, Wake why) { static_cast<Session*>(session)->on_head_event(why); };
  const bool idle = pending_.empty();
  const SteadyTime now = shard().worker.turn_time();
  // Looked at here too: whoever sends byte after byte moves the deadline each time, by less than it takes to pass.
  if (!idle && now >= limit_) return on_head_event(Wake::timeout);
  wire().watch(wake, this, idle ? limits().idle_timeout : until(limit_));
}

void Session::on_head_event(Wake why) {
  const SessionRef alive(this);
  if (why == Wake::ready) return receive();
  if (why == Wake::timeout && !pending_.empty()) {
    shard().cells.read_timeouts.add();
    return refuse_request({408, "The request head did not arrive in time."}, false);
  }
  if (why != Wake::timeout) return close();
  shard().cells.idle_closed.add();
  close_idle();
}

void Session::receive() {
  Block block = shard().worker.take_block();
  const IoResult result = wire().read(block.data(), Block::size);
  if (result.outcome == IoOutcome::blocked) return await_head();
  if (result.outcome != IoOutcome::done) {
    if (!pending_.empty()) shard().cells.client_aborts.add();
    return close();
  }
  shard().cells.bytes_received.add(result.bytes);
  std::string_view bytes(block.data(), result.bytes);
  const bool is_first = pending_.empty();
  if (!is_first) bytes = pending_.append(bytes);
  switch (begin_request(bytes, block)) {
    case Begin::started:
      block.release();
      serve(this);
      return;
    case Begin::incomplete:
      if (is_first) limit_ = shard().worker.turn_time() + limits().header_timeout;
      return await_head();
    case Begin::refused: return;
  }
}

void Session::set_pending(std::string_view bytes) {
  if (bytes.empty()) {
    std::string().swap(pending_);  // an idle connection holds no memory for bytes
  } else if (bytes.data() == pending_.data()) {
    pending_.resize(bytes.size());  // a head that comes in drops is not copied for each
  } else {
    pending_.assign(bytes);
  }
}

/// A connection that begins with the preface of HTTP/2 goes on with that, where prior knowledge of it is allowed.
std::optional<Session::Begin> Session::begin_http2(std::string_view bytes) {
  if (!shard().core.http2_prior_knowledge || requests_ != 0 || skipped_line_) return std::nullopt;
  if (bytes.empty() || bytes.substr(0, h2_preface.size()) != h2_preface.substr(0, bytes.size())) return std::nullopt;
  if (bytes.size() < h2_preface.size()) {
    set_pending(bytes);
    return Begin::incomplete;
  }
  H2Connection::start(shard(), release(), peer(), bytes);
  return Begin::refused;
}

Session::Begin Session::begin_request(std::string_view bytes, Block& block) {
  if (const auto begun = begin_http2(bytes)) return *begun;
  std::optional<Begin> begin = take_head(bytes, block);
  while (!begin) begin = take_head(pending_, block);  // bounded by what has been received
  return *begin;
}

/// Looks for a head at the start of `bytes`, which are in `block` or in `pending_`.
std::optional<Session::Begin> Session::take_head(std::string_view bytes, Block& block) {
  if (!skipped_line_ && bytes.substr(0, 2) == "\r\n") {
    skipped_line_ = true;
    seen_ = 0;
    bytes.remove_prefix(2);
  }
  const auto extent =
      bytes.empty() ? Checked<HeadExtent>(HeadExtent{}) : find_head_end(bytes, seen_, request_bounds(limits()));
  if (!extent) {
    refuse_request(extent.error(), bytes.substr(0, 5) == "HEAD ");
    return Begin::refused;
  }
  if (extent->bytes == 0) {
    seen_ = bytes.size();
    set_pending(bytes);
    return Begin::incomplete;
  }
  seen_ = 0;
  skipped_line_ = false;
  ++requests_;
  request_ = shard().worker.take_request();
  const std::string_view head = request_->arena.copy(bytes.substr(0, extent->bytes));
  const auto framing = read_request_head(head, shard().core.rules, peer(), *request_);
  if (!framing) {
    refuse_request(framing.error(), head.substr(0, 5) == "HEAD ");
    return Begin::refused;
  }
  framing_ = *framing;
  describe(*request_);
  if (!take_body(bytes.substr(extent->bytes), block)) return Begin::refused;
  if (!shard().admission.enter(ticket_)) return shed();
  if (framing_.asks_for_upgrade) {
    upgrade_ = std::make_unique<UpgradedSession>(*this);
    request_->body = upgrade_->caller_bytes();
  }
  shard().cells.requests.add();
  return Begin::started;
}

/// Makes the request's body of what came with the head. False when that is malformed.
bool Session::take_body(std::string_view rest, Block& block) {
  body_complete_ = framing_.body == Framing::none;
  awaits_continue_ = framing_.expects_continue && rest.empty();
  if (body_complete_) {
    set_pending(rest);
    return true;
  }
  // What is left after a head came with the last read, and pipelined bytes are kept up to a block: it fits.
  const std::size_t size = std::min(rest.size(), Block::size);
  char* const body_bytes = block.keep(rest.substr(0, size));
  BodyReader reader(framing_.body, framing_.content_length, chunk_bounds(limits()));
  const BodyReader::Piece piece = reader.take(body_bytes, size);
  if (!piece.valid) {
    refuse_request({400, "The chunked coding of the request body is malformed."}, false);
    return false;
  }
  if (limits().request_body_bytes != 0 && piece.data.size() > limits().request_body_bytes) {
    refuse_request({413, "The request body is too large."}, false);
    return false;
  }
  body_complete_ = reader.finished();
  const std::string_view behind(body_bytes + piece.consumed, size - piece.consumed);
  if (body_complete_ && !reader.has_trailers()) {
    request_->body = Body::bytes(request_->arena.copy(piece.data));
    set_pending(behind);
    return true;
  }
  set_pending(behind);
  auto stream = std::make_unique<RequestBody>(*this, std::move(reader), std::move(block), piece.data);
  body_ = stream.get();
  std::optional<std::uint64_t> length;
  if (framing_.body == Framing::length) length = framing_.content_length;
  request_->body = Body::stream(std::move(stream), length);
  return true;
}

void Session::refuse_request(const Refusal& refusal, bool is_head) {
  shard().cells.requests.add();
  shard().cells.refused.add();
  const std::string answer = refusal_answer(refusal.status, refusal.message, shard().worker.http_date(), is_head);
  if (request_ != nullptr) shard().worker.give_back(std::move(request_));
  Gather pieces;
  pieces.add(answer);
  const IoResult result = wire().write(pieces);
  shard().cells.bytes_sent.add(result.bytes);
  // A peer that does not even take this much is not worth waiting for.
  if (!pieces.empty()) return close();
  set_pending({});
  linger();
}

/// O1: answers 503. The connection goes on when nothing of the request is left to read (R10).
std::optional<Session::Begin> Session::shed() {
  shard().cells.requests.add();
  // What may follow a handshake is no request (P4).
  const bool keep = may_keep() && !framing_.asks_for_upgrade;
  std::string fields("Retry-After: ");
  fields.append(retry_after(shard().admission.cause())).append("\r\n");
  if (!keep || framing_.http_1_0) fields.append(keep ? "Connection: keep-alive\r\n" : "Connection: close\r\n");
  const bool is_head = request_->method == "HEAD";
  const std::string answer = refusal_answer(shed_status, shed_message, shard().worker.http_date(), is_head, fields);
  shard().worker.give_back(std::move(request_));
  Gather pieces;
  pieces.add(answer);
  const IoResult result = wire().write(pieces);
  shard().cells.bytes_sent.add(result.bytes);
  if (!pieces.empty()) {
    close();
    return Begin::refused;
  }
  if (!keep) {
    set_pending({});
    linger();
    return Begin::refused;
  }
  awaits_continue_ = false;
  limit_ = shard().worker.turn_time() + limits().header_timeout;
  return std::nullopt;
}

}  // namespace sluice::http
