// SPDX-License-Identifier: Apache-2.0
// Sending: heads are given to nghttp2, bodies are asked for by it frame by frame as the peer's windows allow, and go
// from where they are straight behind their frame's header.
#include "http/h2_server_session.hpp"

#include <algorithm>
#include <cstring>

namespace sluice::http {
namespace {

/// Errors of ours, or none: the peer is not to blame for the reset.
bool is_ours(std::uint32_t error_code) {
  return error_code == NGHTTP2_NO_ERROR || error_code == NGHTTP2_INTERNAL_ERROR || error_code == NGHTTP2_CANCEL;
}

}  // namespace

std::size_t H2ServerSession::send(char* to, std::size_t room) {
  out_ = to;
  out_end_ = to + room;
  while (static_cast<std::size_t>(out_end_ - out_) >= least_room) {
    const std::uint8_t* bytes = nullptr;
    const auto size = nghttp2_session_mem_send(session_.get(), &bytes);  // DATA is written behind its back
    if (size < 0) {
      require_h2_memory(static_cast<int>(size));
      end(NGHTTP2_INTERNAL_ERROR);
      break;
    }
    if (size == 0) break;
    std::memcpy(out_, bytes, static_cast<std::size_t>(size));
    out_ += size;
  }
  return static_cast<std::size_t>(out_ - to);
}

void H2ServerSession::interim(H2Stream& stream, const H2FieldList& head) {
  if (stream.closed_ || stream.responded_) return;
  require_h2_memory(nghttp2_submit_headers(session_.get(), NGHTTP2_FLAG_NONE, stream.id_, nullptr, head.data(),
                                           head.size(), &stream));
}

void H2ServerSession::respond(H2Stream& stream, const H2FieldList& head, bool has_body) {
  if (stream.closed_ || stream.ignored_) return;
  stream.responded_ = true;
  nghttp2_data_provider body{};
  body.source.ptr = &stream;
  body.read_callback = [](nghttp2_session*, std::int32_t, std::uint8_t*, std::size_t most, std::uint32_t* flags,
                          nghttp2_data_source* source, void* user) {
    return static_cast<H2ServerSession*>(user)->give_data(*static_cast<H2Stream*>(source->ptr), most, *flags);
  };
  require_h2_memory(
      nghttp2_submit_response(session_.get(), stream.id_, head.data(), head.size(), has_body ? &body : nullptr));
}

void H2ServerSession::offer(H2Stream& stream, std::string_view piece, bool is_last) {
  stream.piece_ = piece;
  stream.last_piece_ = is_last;
  if (stream.closed_ || !std::exchange(stream.wants_piece_, false)) return;
  require_h2_memory(nghttp2_session_resume_data(session_.get(), stream.id_));
}

void H2ServerSession::end_body(H2Stream& stream, const H2FieldList& trailers) {
  if (trailers.size() != 0) stream.answer_trailers_ = trailers;
  offer(stream, {}, true);
}

/// How many bytes of its body the stream has for the next frame.
ssize_t H2ServerSession::give_data(H2Stream& stream, std::size_t most, std::uint32_t& flags) {
  if (stream.piece_.empty() && !stream.last_piece_) {
    stream.wants_piece_ = true;
    tell(stream, H2News::room);
    return NGHTTP2_ERR_DEFERRED;
  }
  const std::size_t size = std::min(most, stream.piece_.size());
  flags |= NGHTTP2_DATA_FLAG_NO_COPY;
  if (stream.last_piece_ && size == stream.piece_.size()) {
    flags |= NGHTTP2_DATA_FLAG_EOF;
    if (stream.answer_trailers_) {
      flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
      require_h2_memory(nghttp2_submit_trailer(session_.get(), stream.id_, stream.answer_trailers_->data(),
                                               stream.answer_trailers_->size()));
    }
  }
  return static_cast<ssize_t>(size);
}

int H2ServerSession::write_data(const std::uint8_t* head, std::size_t length, H2Stream& stream) {
  constexpr std::size_t head_bytes = 9;
  // We ask for no padding, so that a frame is its header and the body's bytes.
  if (static_cast<std::size_t>(out_end_ - out_) < head_bytes + length) return NGHTTP2_ERR_WOULDBLOCK;
  std::memcpy(out_, head, head_bytes);
  out_ += head_bytes;
  if (length != 0) std::memcpy(out_, stream.piece_.data(), length);
  out_ += length;
  stream.piece_.remove_prefix(length);
  stream.sent_bytes_ += length;
  return 0;
}

void H2ServerSession::reset(H2Stream& stream, std::uint32_t error_code) {
  stream.ignored_ = true;
  if (stream.closed_) return;
  require_h2_memory(nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, stream.id_, error_code));
}

void H2ServerSession::on_sent(const nghttp2_frame& frame) {
  if (frame.hd.type == NGHTTP2_RST_STREAM) {
    if (frame.rst_stream.error_code == NGHTTP2_REFUSED_STREAM) ++streams_refused_;
    if (!is_ours(frame.rst_stream.error_code)) spend(H2Abuse::reset);
    return;
  }
  const bool may_end = frame.hd.type == NGHTTP2_HEADERS || frame.hd.type == NGHTTP2_DATA;
  if (!may_end || (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return;
  H2Stream* const stream = find(frame.hd.stream_id);
  if (stream == nullptr) return;
  stream->answered_ = true;
  // An early answer: the rest of the request is not wanted any more (RFC 9113 section 8.1).
  if (!stream->body_ended_) reset(*stream, NGHTTP2_NO_ERROR);
}

}  // namespace sluice::http
