// SPDX-License-Identifier: Apache-2.0
// Receiving, and the life of session and streams. Sending is in h2_server_send.cpp.
#include "http/h2_server_session.hpp"

#include "http/trailers.hpp"

#include <algorithm>

namespace sluice::http {
namespace {

// The block of a head that is refused is read to its end, so that the connection can go on, but no further than this.
constexpr std::size_t most_times_beyond = 2;

std::string_view bytes_of(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

/// From nghttp2's functions to ours.
struct H2ServerSession::Callbacks {
  static H2ServerSession& of(void* user) { return *static_cast<H2ServerSession*>(user); }

  static int begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    return of(user).begin_block(*frame);
  }
  static int header(nghttp2_session*, const nghttp2_frame* frame, nghttp2_rcbuf* name, nghttp2_rcbuf* value,
                    std::uint8_t flags, void* user) {
    return of(user).take_field(*frame, {name, value, flags});
  }
  static int data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes, std::size_t size,
                  void* user) {
    of(user).take_data(id, bytes_of(bytes, size));
    return 0;
  }
  static int received(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    of(user).on_received(*frame);
    return 0;
  }
  static int sent(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    of(user).on_sent(*frame);
    return 0;
  }
  static int closed(nghttp2_session*, std::int32_t id, std::uint32_t, void* user) {
    of(user).on_closed(id);
    return 0;
  }
  static int write_data(nghttp2_session*, nghttp2_frame*, const std::uint8_t* head, std::size_t length,
                        nghttp2_data_source* source, void* user) {
    return of(user).write_data(head, length, *static_cast<H2Stream*>(source->ptr));
  }

  static H2Owned<nghttp2_session_callbacks> table() {
    auto made = make_h2_callbacks();
    nghttp2_session_callbacks_set_on_begin_headers_callback(made.get(), begin_headers);
    nghttp2_session_callbacks_set_on_header_callback2(made.get(), header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made.get(), data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(made.get(), received);
    nghttp2_session_callbacks_set_on_frame_send_callback(made.get(), sent);
    nghttp2_session_callbacks_set_on_stream_close_callback(made.get(), closed);
    nghttp2_session_callbacks_set_send_data_callback(made.get(), write_data);
    return made;
  }
};

H2ServerSession::H2ServerSession(const HeadRules& rules, std::string_view peer, Streams& streams)
    : rules_(rules), limits_(rules.limits.http2), peer_(peer), owner_(streams), budget_(limits_), guard_(limits_) {
  const auto callbacks = Callbacks::table();
  const auto options = make_h2_options(limits_);
  nghttp2_session* made = nullptr;
  require_h2_memory(nghttp2_session_server_new3(&made, callbacks.get(), this, options.get(), &recycled_h2_memory()));
  session_.reset(made);
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits_.concurrent_streams},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits_.stream_window_bytes},
      {NGHTTP2_SETTINGS_MAX_FRAME_SIZE, limits_.frame_bytes},
      {NGHTTP2_SETTINGS_HEADER_TABLE_SIZE, limits_.header_table_bytes},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(rules.limits.header_section_bytes)},
      {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1}};
  require_h2_memory(nghttp2_submit_settings(made, NGHTTP2_FLAG_NONE, settings, std::size(settings)));
  require_h2_memory(nghttp2_session_set_local_window_size(made, NGHTTP2_FLAG_NONE, 0,
                                                          static_cast<std::int32_t>(limits_.connection_window_bytes)));
}

H2ServerSession::~H2ServerSession() {
  session_.reset();
  while (next_news() != nullptr) {
  }
  while (streams_.first() != nullptr) streams_.remove(*streams_.first());
}

void H2ServerSession::receive(std::string_view bytes, SteadyTime now) {
  now_ = now;
  const std::size_t preface = std::min<std::size_t>(preface_left_, bytes.size());
  preface_left_ = static_cast<std::uint8_t>(preface_left_ - preface);
  if (!guard_.take(bytes.substr(preface), budget_, now)) {
    ended_for_abuse_ = true;
    return end(NGHTTP2_ENHANCE_YOUR_CALM);
  }
  const auto taken =
      nghttp2_session_mem_recv(session_.get(), reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (taken >= 0) return;
  require_h2_memory(static_cast<int>(taken));
  const bool is_abuse = taken == NGHTTP2_ERR_FLOODED || taken == NGHTTP2_ERR_CALLBACK_FAILURE;
  ended_for_abuse_ = ended_for_abuse_ || is_abuse;
  end(is_abuse ? NGHTTP2_ENHANCE_YOUR_CALM : NGHTTP2_PROTOCOL_ERROR);
}

bool H2ServerSession::is_over() const {
  return nghttp2_session_want_read(session_.get()) == 0 && nghttp2_session_want_write(session_.get()) == 0;
}

H2StreamRef H2ServerSession::next_news() {
  H2Stream* const stream = first_news_;
  if (stream == nullptr) return nullptr;
  first_news_ = stream->next_news_;
  if (first_news_ == nullptr) last_news_ = &first_news_;
  stream->is_queued_ = false;
  stream->news_ = std::exchange(stream->fresh_news_, std::uint8_t{0});
  return H2StreamRef(stream, false);  // the queue's reference
}

void H2ServerSession::tell(H2Stream& stream, H2News news) {
  stream.fresh_news_ |= static_cast<std::uint8_t>(news);
  if (std::exchange(stream.is_queued_, true)) return;
  intrusive_ptr_add_ref(&stream);
  stream.next_news_ = nullptr;
  *last_news_ = &stream;
  last_news_ = &stream.next_news_;
}

/// Takes one from the budget (H3).
void H2ServerSession::spend(H2Abuse kind) {
  if (ended_for_abuse_ || budget_.spend(kind, now_)) return;
  ended_for_abuse_ = true;
  end(NGHTTP2_ENHANCE_YOUR_CALM);
}

int H2ServerSession::begin_block(const nghttp2_frame& frame) {
  block_fields_ = 0;
  block_bytes_ = 0;
  const std::int32_t id = frame.hd.stream_id;
  if (frame.headers.cat != NGHTTP2_HCAT_REQUEST) {
    H2Stream* const stream = find(id);
    if (stream == nullptr || stream->ignored_) return 0;
    const HttpLimits& limits = rules_.limits;
    stream->trailer_lines_.emplace(stream->request_->arena, HeadBounds{0, limits.trailer_bytes, limits.header_lines});
    return 0;
  }
  if (streams_.size() >= limits_.concurrent_streams) {
    require_h2_memory(nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, id, NGHTTP2_REFUSED_STREAM));
    return 0;
  }
  const H2StreamRef made = owner_.make_stream();
  H2Stream& stream = *made;
  stream.id_ = id;
  streams_.add(stream);
  require_h2_memory(nghttp2_session_set_stream_user_data(session_.get(), id, &stream));
  return 0;
}

int H2ServerSession::take_field(const nghttp2_frame& frame, const H2Field& field) {
  block_bytes_ += field.name.size() + field.value.size() + cost_per_line;
  const HttpLimits& limits = rules_.limits;
  if (++block_fields_ > most_times_beyond * limits.header_lines ||
      block_bytes_ > most_times_beyond * limits.header_section_bytes) {
    return NGHTTP2_ERR_CALLBACK_FAILURE;  // H4: decoding stops here
  }
  H2Stream* const stream = find(frame.hd.stream_id);
  if (stream != nullptr && !stream->ignored_ && !stream->refusal_) take_field_of(*stream, field);
  return 0;
}

void H2ServerSession::take_field_of(H2Stream& stream, const H2Field& field) {
  using Outcome = H2FieldSection::Outcome;
  const bool is_head = stream.head_.has_value();
  const auto& [name, value, is_never_indexed] = field;
  const Outcome outcome = is_head ? stream.head_->add(name, value, is_never_indexed)
                                  : stream.trailer_lines_->add(name, value, is_never_indexed);
  if (outcome == Outcome::taken) return;
  if (is_head && outcome == Outcome::too_large) {
    stream.refusal_ = Refusal{431, "The header section of the request is too large."};
  } else if (is_head) {
    refuse_malformed(stream);
  } else {
    reset(stream, NGHTTP2_PROTOCOL_ERROR);  // L6
  }
}

void H2ServerSession::refuse_malformed(H2Stream& stream) {
  stream.refusal_ = H2RequestHead::malformed;
  reset(stream, NGHTTP2_PROTOCOL_ERROR);
  tell(stream, H2News::request);
}

void H2ServerSession::end_block(const nghttp2_frame& frame) {
  H2Stream* const stream = find(frame.hd.stream_id);
  if (stream == nullptr || stream->ignored_) return;
  const bool ends_stream = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  if (stream->head_) return begin_request(*stream, !ends_stream);
  if (!ends_stream) return reset(*stream, NGHTTP2_PROTOCOL_ERROR);  // a second head is none
  const HeadLines lines = stream->trailer_lines_->finish();
  stream->trailers_ = stream->request_->arena.make<Headers>(stream->request_->arena);
  stream->trailers_->adopt(lines.lines, lines.capacity);
  stream->trailers_->remove_if([&](const Header& line) { return !may_trail(line, rules_.identity_headers); });
  end_of_body(*stream);
}

void H2ServerSession::begin_request(H2Stream& stream, bool body_follows) {
  ++requests_;
  stream.framing_.is_head = stream.head_->is_head();
  if (!stream.refusal_) {
    const auto framing = stream.head_->finish(body_follows, peer_);
    if (framing) {
      stream.framing_ = *framing;
    } else if (framing.error().status == H2RequestHead::malformed.status) {
      return refuse_malformed(stream);
    } else {
      stream.refusal_ = framing.error();
    }
  }
  stream.head_.reset();
  stream.body_ended_ = !body_follows;
  tell(stream, H2News::request);
}

void H2ServerSession::take_data(std::int32_t id, std::string_view bytes) {
  H2Stream* const stream = find(id);
  const auto drop = [&] { require_h2_memory(nghttp2_session_consume(session_.get(), id, bytes.size())); };
  if (stream == nullptr || stream->ignored_ || stream->refusal_ || stream->finished_ || stream->body_too_large_) {
    return drop();
  }
  stream->body_bytes_ += bytes.size();
  const std::uint64_t most = rules_.limits.request_body_bytes;
  const bool has_length = stream->framing_.body != Framing::chunked;
  if (has_length && stream->body_bytes_ > stream->framing_.content_length) {
    drop();
    return reset(*stream, NGHTTP2_PROTOCOL_ERROR);
  }
  if (most != 0 && stream->body_bytes_ > most) {
    drop();
    stream->body_too_large_ = true;
  } else {
    stream->received_.append(bytes);
  }
  tell(*stream, H2News::body);
}

void H2ServerSession::end_of_body(H2Stream& stream) {
  const bool has_length = stream.framing_.body != Framing::chunked;
  if (!stream.refusal_ && has_length && stream.body_bytes_ != stream.framing_.content_length) {
    return reset(stream, NGHTTP2_PROTOCOL_ERROR);
  }
  stream.body_ended_ = true;
  tell(stream, H2News::body);
}

void H2ServerSession::on_received(const nghttp2_frame& frame) {
  const bool ends_stream = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  switch (frame.hd.type) {
    case NGHTTP2_HEADERS: return end_block(frame);
    case NGHTTP2_DATA:
      if (H2Stream* const stream = find(frame.hd.stream_id); ends_stream && stream != nullptr && !stream->ignored_)
        end_of_body(*stream);
      return;
    case NGHTTP2_PING:
      if ((frame.hd.flags & NGHTTP2_FLAG_ACK) != 0 && ending_ == Ending::announced) ending_ = Ending::heard;
      return;
    default: return;
  }
}

void H2ServerSession::on_closed(std::int32_t id) {
  H2Stream* const stream = find(id);
  if (stream == nullptr) return;
  const H2StreamRef alive(stream);
  stream->closed_ = true;
  tell(*stream, H2News::closed);
  if (stream->finished_) streams_.remove(*stream);
}

std::string_view H2ServerSession::take_body(H2Stream& stream) {
  if (!stream.taken_.empty()) {
    require_h2_memory(nghttp2_session_consume(session_.get(), stream.id_, stream.taken_.size()));
    stream.taken_.clear();
  }
  stream.taken_.swap(stream.received_);
  return stream.taken_;
}

void H2ServerSession::finish(H2Stream& stream) {
  if (std::exchange(stream.finished_, true)) return;
  // What nobody is going to read is given back to the connection's window.
  const std::size_t unread = stream.taken_.size() + stream.received_.size();
  if (unread != 0) require_h2_memory(nghttp2_session_consume(session_.get(), stream.id_, unread));
  stream.piece_ = {};
  if (stream.closed_) streams_.remove(stream);
}

void H2ServerSession::abandon() {
  streams_.for_each([this](H2Stream& stream) {
    if (!std::exchange(stream.closed_, true)) tell(stream, H2News::closed);
    if (stream.finished_) streams_.remove(stream);
  });
}

void H2ServerSession::announce_end() {
  if (ending_ != Ending::no) return;
  ending_ = Ending::announced;
  require_h2_memory(nghttp2_submit_shutdown_notice(session_.get()));
  // Its acknowledgement shows that the peer has heard.
  require_h2_memory(nghttp2_submit_ping(session_.get(), NGHTTP2_FLAG_NONE, nullptr));
}

void H2ServerSession::end_after_streams() {
  if (ending_ == Ending::final) return;
  ending_ = Ending::final;
  require_h2_memory(nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE,
                                          nghttp2_session_get_last_proc_stream_id(session_.get()), NGHTTP2_NO_ERROR,
                                          nullptr, 0));
}

void H2ServerSession::end(std::uint32_t error_code) {
  ending_ = Ending::final;
  require_h2_memory(nghttp2_session_terminate_session(session_.get(), error_code));
}

}  // namespace sluice::http
