// SPDX-License-Identifier: Apache-2.0
// One caller's connection of HTTP/2 as bytes in and bytes out: nghttp2 for frames and windows, our rules on requests
// and abuse around it. No socket, no clock, and nobody is called while bytes are taken or made: what has happened to
// a stream waits until it is asked for.
//
//   receive(bytes) ─▶ next_news(): request │ body │ closed          respond, offer, interim, reset ─▶ send(bytes)
//                                                       room ◀─────────────────────────────────────────┘
#pragma once

#include "http/h2_abuse.hpp"
#include "http/h2_library.hpp"
#include "http/h2_stream.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace sluice::http {

class H2ServerSession {
 public:
  /// What the owner of a session provides.
  class Streams {
   public:
    virtual ~Streams() = default;
    /// A stream with a new request.
    virtual H2StreamRef make_stream() = 0;
  };

  /// `rules` and `streams` outlive the session; `peer` is the address of the other end.
  H2ServerSession(const HeadRules& rules, std::string_view peer, Streams& streams);
  ~H2ServerSession();

  /// Takes what has been received.
  void receive(std::string_view bytes, SteadyTime now);
  /// Writes what is to be sent, at most `room` bytes. 0: nothing, or `room` is below `least_room`.
  std::size_t send(char* to, std::size_t room);
  bool has_to_send() const { return nghttp2_session_want_write(session_.get()) != 0; }
  /// A frame that is no DATA always fits.
  static constexpr std::size_t least_room = 9 + 16 * 1024 + 256;
  /// Nothing more is going to be received or sent.
  bool is_over() const;

  /// The next stream that something has happened to, or null.
  H2StreamRef next_news();

  /// The request's body, as far as it has arrived. What was taken before is given back: the peer may send as much
  /// again.
  std::string_view take_body(H2Stream& stream);
  /// An answer of 1xx.
  void interim(H2Stream& stream, const H2FieldList& head);
  /// Sends the answer's head. `has_body`: pieces of it have been offered or will be.
  void respond(H2Stream& stream, const H2FieldList& head, bool has_body);
  /// A piece of the answer's body, which stays where it is until there is news of room or the stream is closed.
  void offer(H2Stream& stream, std::string_view piece, bool is_last);
  /// Ends the answer's body with a section of trailers, where they are not empty.
  void end_body(H2Stream& stream, const H2FieldList& trailers);
  void reset(H2Stream& stream, std::uint32_t error_code);
  /// Whoever dealt with the stream has ended: its slot is free once it is closed (H5).
  void finish(H2Stream& stream);

  /// The first step of ending without harm: the peer is asked to begin no more streams. Those on their way still count.
  void announce_end();
  /// The second: streams that begin from now on are ignored. The session is over when the last one has ended.
  void end_after_streams();
  /// The connection is lost: all streams are closed.
  void abandon();
  /// Says why and ends.
  void end(std::uint32_t error_code);
  bool is_ending() const { return ending_ != Ending::no; }
  /// The peer has heard of the first step.
  bool is_end_heard() const { return ending_ == Ending::heard; }

  /// Streams that are open or still dealt with.
  std::size_t streams() const { return streams_.size(); }
  template <class Action>
  void for_each_stream(Action action) const {
    streams_.for_each(action);
  }
  std::uint64_t requests() const { return requests_; }
  bool in_header_block() const { return guard_.in_header_block(); }
  std::uint32_t header_blocks() const { return guard_.header_blocks(); }
  /// All that may be received at once is: streams wait for each other.
  bool is_window_used_up() const { return nghttp2_session_get_local_window_size(session_.get()) <= 0; }

  /// Streams refused since this was last asked.
  std::uint64_t take_refused() { return std::exchange(streams_refused_, 0); }
  bool ended_for_abuse() const { return ended_for_abuse_; }

 private:
  enum class Ending : std::uint8_t { no, announced, heard, final };
  struct Callbacks;

  H2Stream* find(std::int32_t id) const {
    return static_cast<H2Stream*>(nghttp2_session_get_stream_user_data(session_.get(), id));
  }
  void tell(H2Stream& stream, H2News news);
  void spend(H2Abuse kind);
  void refuse_malformed(H2Stream& stream);

  int begin_block(const nghttp2_frame& frame);
  int take_field(const nghttp2_frame& frame, const H2Field& field);
  void take_field_of(H2Stream& stream, const H2Field& field);
  void end_block(const nghttp2_frame& frame);
  void begin_request(H2Stream& stream, bool body_follows);
  void take_data(std::int32_t id, std::string_view bytes);
  void end_of_body(H2Stream& stream);
  void on_received(const nghttp2_frame& frame);
  void on_sent(const nghttp2_frame& frame);
  void on_closed(std::int32_t id);
  ssize_t give_data(H2Stream& stream, std::size_t most, std::uint32_t& flags);
  int write_data(const std::uint8_t* head, std::size_t length, H2Stream& stream);

  const HeadRules& rules_;
  const Http2Limits& limits_;
  const std::string_view peer_;
  Streams& owner_;
  H2Owned<nghttp2_session> session_;
  H2Budget budget_;
  H2FrameGuard guard_;
  SteadyTime now_;
  char* out_ = nullptr;
  char* out_end_ = nullptr;
  H2StreamList<H2Stream> streams_;
  H2Stream* first_news_ = nullptr;
  H2Stream** last_news_ = &first_news_;
  std::uint64_t requests_ = 0;
  std::uint64_t streams_refused_ = 0;
  std::size_t block_fields_ = 0;  // of the block that is arriving
  std::size_t block_bytes_ = 0;
  std::uint8_t preface_left_ = 24;
  Ending ending_ = Ending::no;
  bool ended_for_abuse_ = false;
};

}  // namespace sluice::http
