// SPDX-License-Identifier: Apache-2.0
// Callbacks only change the states of streams; who waits for them is told afterwards, when nghttp2 is not at work.
// Source: RFC 9113; threats.md section 5 read from the other end, section 7.
#include "http/h2_client_session.hpp"

#include "http/h2_client_callbacks.hpp"

#include <algorithm>
#include <cstring>

namespace sluice::http {
namespace {

using Failure = H2ClientStream::Failure;

constexpr std::size_t most_streams = 1'000;   // of one connection, whatever the peer allows
constexpr std::int32_t smallest_update = 16;  // H3: window updates below count as abuse
constexpr std::int32_t whole_connection = 0;
constexpr std::string_view against_rules = "it breaks the rules of HTTP/2";

const std::uint8_t* octets(std::string_view text) { return reinterpret_cast<const std::uint8_t*>(text.data()); }

}  // namespace

H2ClientSession::H2ClientSession(const HttpLimits& limits, std::size_t peer_streams)
    : limits_(limits),
      session_(make_h2_client(limits.http2, *this)),
      peer_streams_(peer_streams),
      budget_(limits.http2) {
  submit_settings();
}

H2ClientSession::~H2ClientSession() { connection_lost(); }

void H2ClientSession::submit_settings() {
  const Http2Limits& limits = limits_.http2;
  const nghttp2_settings_entry entries[] = {
      {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 0},
      {NGHTTP2_SETTINGS_HEADER_TABLE_SIZE, limits.header_table_bytes},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits.stream_window_bytes},
      {NGHTTP2_SETTINGS_MAX_FRAME_SIZE, limits.frame_bytes},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(limits_.response_head_bytes)}};
  require_h2_memory(nghttp2_submit_settings(session_.get(), NGHTTP2_FLAG_NONE, entries, std::size(entries)));
  require_h2_memory(nghttp2_session_set_local_window_size(session_.get(), NGHTTP2_FLAG_NONE, whole_connection,
                                                          static_cast<std::int32_t>(limits.connection_window_bytes)));
}

std::size_t H2ClientSession::room() const {
  if (is_draining() || nghttp2_session_check_request_allowed(session_.get()) == 0) return 0;
  return peer_streams_ > open_ ? peer_streams_ - open_ : 0;
}

bool H2ClientSession::begin(H2ClientStream& stream, const OutgoingRequest& request, Arena& arena) {
  const auto fields = make_request_fields(request, arena);
  if (!fields) return false;
  if (is_draining()) {
    fail(stream, Failure::unprocessed);
    return true;
  }
  const bool has_body = request.body.length().value_or(1) != 0;
  stream.upload_ended_ = !request.body.is_stream() || !has_body;
  if (!request.body.is_stream()) stream.upload_ = request.body.data();
  nghttp2_data_provider body = upload_provider();
  const std::int32_t id = nghttp2_submit_request(session_.get(), nullptr, fields->data(), fields->size(),
                                                 has_body ? &body : nullptr, &stream);
  require_h2_memory(id);
  if (id <= 0) {
    fail(stream, Failure::unprocessed);  // no more streams on this connection
    draining_ = true;
    return true;
  }
  stream.id_ = id;
  streams_.add(stream);
  ++open_;
  return true;
}

void H2ClientSession::give_up(H2ClientStream& stream) {
  const H2ClientStreamRef alive(&stream);
  release(stream);
  consume(stream, stream.answer_.waiting_bytes());
  stream.answer_.drop_waiting();
  if (stream.failure_ == Failure::none && !stream.answer_.ended()) fail(stream, Failure::given_up);
  if (stream.id_ > 0) reset(stream, NGHTTP2_CANCEL);
}

void H2ClientSession::upload(H2ClientStream& stream, std::string_view piece) {
  if (stream.id_ <= 0) return;
  stream.upload_ = piece;
  if (std::exchange(stream.is_deferred_, false)) {
    require_h2_memory(nghttp2_session_resume_data(session_.get(), stream.id_));
  }
}

bool H2ClientSession::end_upload(H2ClientStream& stream, const Headers* trailers) {
  if (trailers != nullptr) {
    Arena arena(trailer_room);
    if (!make_trailer_fields(*trailers, arena)) return false;
  }
  stream.upload_trailers_ = trailers;
  stream.upload_ended_ = true;
  upload(stream, {});
  return true;
}

ssize_t H2ClientSession::read_upload(std::int32_t id, std::uint8_t* to, std::size_t most, std::uint32_t& flags) {
  H2ClientStream* const stream = find(id);
  if (stream == nullptr) return NGHTTP2_ERR_DEFERRED;  // given up: its reset is on its way
  std::string_view& left = stream->upload_;
  const std::size_t size = std::min(most, left.size());
  if (size != 0) std::memcpy(to, left.data(), size);
  left.remove_prefix(size);
  if (size != 0) changed(*stream);
  if (!left.empty()) return static_cast<ssize_t>(size);
  if (stream->upload_ended_) {
    flags |= NGHTTP2_DATA_FLAG_EOF;
    if (send_trailers(*stream)) flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    changed(*stream);
  } else if (size == 0) {
    stream->is_deferred_ = true;
    return NGHTTP2_ERR_DEFERRED;
  }
  return static_cast<ssize_t>(size);
}

/// True when there are any.
bool H2ClientSession::send_trailers(H2ClientStream& stream) {
  if (stream.upload_trailers_ == nullptr) return false;
  Arena arena(trailer_room);
  const auto fields = make_trailer_fields(*stream.upload_trailers_, arena);
  if (!fields || fields->size() == 0) return false;
  require_h2_memory(nghttp2_submit_trailer(session_.get(), stream.id_, fields->data(), fields->size()));
  return true;
}

std::string_view H2ClientSession::take_body(H2ClientStream& stream) {
  release(stream);
  return stream.answer_.take_body();
}

void H2ClientSession::release(H2ClientStream& stream) { consume(stream, stream.answer_.count_given()); }

void H2ClientSession::consume(H2ClientStream& stream, std::size_t bytes) {
  if (bytes == 0 || over_) return;
  if (stream.id_ > 0 && !stream.answer_.ended()) {
    require_h2_memory(nghttp2_session_consume(session_.get(), stream.id_, bytes));
  } else {
    require_h2_memory(nghttp2_session_consume_connection(session_.get(), bytes));
  }
}

bool H2ClientSession::receive(std::string_view bytes, SteadyTime now) {
  if (over_) return false;
  now_ = now;
  const ssize_t used = nghttp2_session_mem_recv(session_.get(), octets(bytes), bytes.size());
  if (used < 0) {
    require_h2_memory(static_cast<int>(used));
    if (!over_) end_connection(NGHTTP2_ENHANCE_YOUR_CALM, against_rules);
  }
  return !over_;
}

std::string_view H2ClientSession::next_output() {
  const std::uint8_t* bytes = nullptr;
  const ssize_t size = nghttp2_session_mem_send(session_.get(), &bytes);
  if (size > 0) return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
  if (size < 0) {
    require_h2_memory(static_cast<int>(size));
    over_ = true;
  }
  return {};
}

bool H2ClientSession::wants_to_send() const { return nghttp2_session_want_write(session_.get()) != 0; }

bool H2ClientSession::is_over() const {
  return over_ || (nghttp2_session_want_read(session_.get()) == 0 && !wants_to_send());
}

void H2ClientSession::say_goodbye() {
  draining_ = true;
  if (!over_) require_h2_memory(nghttp2_session_terminate_session(session_.get(), NGHTTP2_NO_ERROR));
}

void H2ClientSession::ping() {
  if (awaits_pong_ || over_) return;
  require_h2_memory(nghttp2_submit_ping(session_.get(), NGHTTP2_FLAG_NONE, nullptr));
  awaits_pong_ = true;
}

void H2ClientSession::connection_lost() {
  over_ = true;
  while (streams_.first() != nullptr) {
    const H2ClientStreamRef stream(streams_.first());
    detach(*stream);
    if (!stream->answer_.ended()) fail(*stream, violation_.empty() ? Failure::lost : Failure::malformed);
  }
}

void H2ClientSession::tell_changes() {
  if (std::exchange(telling_, true)) return;  // whoever tells already goes on
  while (!changed_.empty()) {
    const H2ClientStreamRef stream = std::move(changed_.front());
    changed_.pop_front();
    stream->is_changed_ = false;
    stream->on_change();
  }
  telling_ = false;
}

void H2ClientSession::changed(H2ClientStream& stream) {
  if (!std::exchange(stream.is_changed_, true)) changed_.emplace_back(&stream);
}

H2ClientStream* H2ClientSession::find(std::int32_t id) const {
  return static_cast<H2ClientStream*>(nghttp2_session_get_stream_user_data(session_.get(), id));
}

/// From here on nghttp2 says nothing about the stream to us.
void H2ClientSession::detach(H2ClientStream& stream) {
  if (stream.id_ <= 0) return;
  nghttp2_session_set_stream_user_data(session_.get(), stream.id_, nullptr);
  stream.id_ = -1;
  stream.upload_ = {};
  streams_.remove(stream);
}

void H2ClientSession::fail(H2ClientStream& stream, Failure why) {
  if (stream.failure_ == Failure::none) stream.failure_ = why;
  changed(stream);
}

void H2ClientSession::reset(H2ClientStream& stream, std::uint32_t code) {
  require_h2_memory(nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, stream.id_, code));
  detach(stream);
}

int H2ClientSession::end_connection(std::uint32_t code, std::string_view violation) {
  if (violation_.empty()) violation_ = violation;
  require_h2_memory(nghttp2_session_terminate_session(session_.get(), code));
  over_ = true;
  return NGHTTP2_ERR_CALLBACK_FAILURE;
}

int H2ClientSession::spend(H2Abuse kind, std::string_view violation) {
  return budget_.spend(kind, now_) ? 0 : end_connection(NGHTTP2_ENHANCE_YOUR_CALM, violation);
}

int H2ClientSession::judge(H2ClientStream& stream, H2Answer::Taken taken) {
  if (taken == H2Answer::Taken::too_large) {
    return end_connection(NGHTTP2_ENHANCE_YOUR_CALM, stream.answer_.problem());
  }
  const H2ClientStreamRef alive(&stream);
  changed(stream);
  if (taken == H2Answer::Taken::malformed) {
    draining_ = true;
    fail(stream, Failure::malformed);
    reset(stream, NGHTTP2_PROTOCOL_ERROR);
  } else if (stream.answer_.ended() && !stream.upload_ended()) {
    reset(stream, NGHTTP2_CANCEL);  // the peer has said all without the rest of the body
  }
  return 0;
}

int H2ClientSession::on_begin_frame(const nghttp2_frame_hd& frame) {
  switch (frame.type) {
    case NGHTTP2_SETTINGS:
    case NGHTTP2_PING:
    case NGHTTP2_GOAWAY: return spend(H2Abuse::ping_or_settings, "it sends settings and pings without end");
    case NGHTTP2_RST_STREAM:
      return find(frame.stream_id) != nullptr ? 0 : spend(H2Abuse::reset, "it resets streams without end");
    case NGHTTP2_DATA:
      if (frame.length != 0 || (frame.flags & NGHTTP2_FLAG_END_STREAM) != 0) return 0;
      break;
    case NGHTTP2_HEADERS:
    case NGHTTP2_CONTINUATION:
      if (frame.length != 0) return 0;
      break;
    case NGHTTP2_PRIORITY: return spend(H2Abuse::small_update, "it sends priorities without end");
    default: return 0;
  }
  return spend(H2Abuse::empty_frame, "it sends empty frames without end");
}

int H2ClientSession::on_begin_fields(std::int32_t id) {
  H2ClientStream* const stream = find(id);
  if (stream == nullptr) return 0;
  stream->received_ = true;
  stream->answer_.begin_section();
  return 0;
}

int H2ClientSession::on_field(std::int32_t id, const H2Field& field) {
  H2ClientStream* const stream = find(id);
  if (stream == nullptr) return 0;
  const H2Answer::Taken taken = stream->answer_.take_field(field.name, field.value, field.is_never_indexed);
  return taken == H2Answer::Taken::good ? 0 : judge(*stream, taken);
}

int H2ClientSession::on_data(std::int32_t id, std::string_view data) {
  H2ClientStream* const stream = find(id);
  if (stream == nullptr) return nghttp2_session_consume_connection(session_.get(), data.size());
  const H2Answer::Taken taken = stream->answer_.take_data(data);
  if (taken == H2Answer::Taken::good) {
    changed(*stream);
    return 0;
  }
  const int result = judge(*stream, taken);
  return result != 0 ? result : nghttp2_session_consume_connection(session_.get(), data.size());
}

int H2ClientSession::on_frame(const nghttp2_frame& frame) {
  const bool is_ack = (frame.hd.flags & NGHTTP2_FLAG_ACK) != 0;
  const bool ends_stream = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  switch (frame.hd.type) {
    case NGHTTP2_SETTINGS:
      if (is_ack) return 0;
      peer_streams_ = std::min<std::size_t>(
          most_streams, nghttp2_session_get_remote_settings(session_.get(), NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS));
      return 0;
    case NGHTTP2_PING: awaits_pong_ = awaits_pong_ && !is_ack; return 0;
    case NGHTTP2_GOAWAY: draining_ = true; return 0;
    case NGHTTP2_WINDOW_UPDATE:
      if (frame.window_update.window_size_increment >= smallest_update) return 0;
      return spend(H2Abuse::small_update, "it opens windows by bits without end");
    case NGHTTP2_HEADERS:
      if (H2ClientStream* const stream = find(frame.hd.stream_id)) {
        return judge(*stream, stream->answer_.end_section(ends_stream));
      }
      return 0;
    case NGHTTP2_DATA:
      if (!ends_stream) return 0;
      if (H2ClientStream* const stream = find(frame.hd.stream_id)) return judge(*stream, stream->answer_.end_stream());
      return 0;
    default: return 0;
  }
}

int H2ClientSession::on_close(std::int32_t id, std::uint32_t code) {
  --open_;
  H2ClientStream* const stream = find(id);
  if (stream == nullptr) return 0;
  const H2ClientStreamRef alive(stream);
  detach(*stream);
  if (stream->answer_.ended()) return 0;
  const bool unprocessed = code == NGHTTP2_REFUSED_STREAM && !stream->received_;
  fail(*stream, unprocessed ? Failure::unprocessed : Failure::reset);
  return 0;
}

/// nghttp2 has found that the peer breaks a rule of the protocol.
void H2ClientSession::on_sent(const nghttp2_frame& frame) {
  const bool ends_all = frame.hd.type == NGHTTP2_GOAWAY && frame.goaway.error_code != NGHTTP2_NO_ERROR;
  H2ClientStream* const reset = frame.hd.type == NGHTTP2_RST_STREAM ? find(frame.hd.stream_id) : nullptr;
  if (!ends_all && reset == nullptr) return;  // those that we reset are not found any more
  if (violation_.empty()) violation_ = against_rules;
  draining_ = true;
  if (reset != nullptr) fail(*reset, Failure::malformed);
  over_ = over_ || ends_all;
}

}  // namespace sluice::http
