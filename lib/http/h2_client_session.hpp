// SPDX-License-Identifier: Apache-2.0
// HTTP/2 to a backend as a machine of states: received bytes go in, bytes to send come out, and what becomes of each
// exchange shows in its stream. No socket, no clock, no coroutine. nghttp2 does frames, HPACK and windows.
//
// A peer that breaks the rules of one message ends that stream, and the connection takes no more requests (U1); one
// that breaks those of the connection, or does too often what costs us more than it (H3, H4), ends the connection.
#pragma once

#include "http/h2_abuse.hpp"
#include "http/h2_client_head.hpp"
#include "http/h2_client_stream.hpp"
#include "http/h2_library.hpp"

#include <sluice/clock.hpp>
#include <sluice/limits.hpp>
#include <sluice/transport.hpp>

#include <cstdint>
#include <deque>
#include <string_view>

namespace sluice::http {

class H2ClientSession {
 public:
  /// `peer_streams`: how many exchanges the peer is taken to allow until it has said so.
  H2ClientSession(const HttpLimits& limits, std::size_t peer_streams);
  ~H2ClientSession();
  H2ClientSession(const H2ClientSession&) = delete;
  H2ClientSession& operator=(const H2ClientSession&) = delete;

  /// How many exchanges may be begun now.
  std::size_t room() const;
  /// Begins an exchange; a body in memory goes out by itself. False: the request cannot be written down (P7).
  bool begin(H2ClientStream& stream, const OutgoingRequest& request, Arena& arena);
  /// Ends it from this side. Nothing is read or written for it any more.
  void give_up(H2ClientStream& stream);

  // The body of a request that comes piece by piece, the next when the last has been taken.
  void upload(H2ClientStream& stream, std::string_view piece);
  /// `trailers`, or null, stay until the upload has ended. False: they cannot be written down (P7).
  bool end_upload(H2ClientStream& stream, const Headers* trailers);

  /// Gives out body bytes that have arrived; they stay until the next call. The peer may send as many again when they
  /// have been used, which the next call says, or `release`.
  std::string_view take_body(H2ClientStream& stream);
  /// All that was given out has been used.
  void release(H2ClientStream& stream);

  /// Takes received bytes. False: the connection is over, `violation` may say why.
  bool receive(std::string_view bytes, SteadyTime now);
  /// The next bytes to send, valid until the next call; empty: none.
  std::string_view next_output();
  bool wants_to_send() const;
  /// The connection has ended: so do all exchanges.
  void connection_lost();
  /// Tells streams of their changes. They may use the session.
  void tell_changes();

  /// Takes no more requests; those that run may end.
  void retire() { draining_ = true; }
  bool is_draining() const { return draining_ || over_; }
  /// Nothing can come or go any more.
  bool is_over() const;
  /// Tells the peer that this is the end.
  void say_goodbye();
  /// How many exchanges the peer allows at a time.
  std::size_t peer_streams() const { return peer_streams_; }
  std::size_t open_streams() const { return open_; }
  /// Somebody still waits for something.
  bool has_exchanges() const { return streams_.size() != 0; }
  /// The peer has broken a rule; empty: it has not. Fixed text.
  std::string_view violation() const { return violation_; }

  /// Asks for a sign of life. One at a time.
  void ping();
  bool awaits_pong() const { return awaits_pong_; }

 private:
  friend struct H2ClientCallbacks;
  H2ClientStream* find(std::int32_t id) const;
  int on_begin_frame(const nghttp2_frame_hd& frame);
  int on_begin_fields(std::int32_t id);
  int on_field(std::int32_t id, const H2Field& field);
  int on_frame(const nghttp2_frame& frame);
  int on_data(std::int32_t id, std::string_view data);
  int on_close(std::int32_t id, std::uint32_t code);
  void on_sent(const nghttp2_frame& frame);
  ssize_t read_upload(std::int32_t id, std::uint8_t* to, std::size_t most, std::uint32_t& flags);
  bool send_trailers(H2ClientStream& stream);
  void submit_settings();

  /// Judges what a stream's answer said about a piece of itself.
  int judge(H2ClientStream& stream, H2Answer::Taken taken);
  void fail(H2ClientStream& stream, H2ClientStream::Failure why);
  void reset(H2ClientStream& stream, std::uint32_t code);
  void detach(H2ClientStream& stream);
  void changed(H2ClientStream& stream);
  /// The result that ends the work of nghttp2.
  int end_connection(std::uint32_t code, std::string_view violation);
  int spend(H2Abuse kind, std::string_view violation);
  void consume(H2ClientStream& stream, std::size_t bytes);

  static constexpr std::size_t trailer_room = 1024;

  const HttpLimits& limits_;
  H2Owned<nghttp2_session> session_;
  H2StreamList<H2ClientStream> streams_;  // that may still change
  std::deque<H2ClientStreamRef> changed_;
  std::size_t open_ = 0;
  std::size_t peer_streams_;
  SteadyTime now_{};
  H2Budget budget_;
  std::string_view violation_;
  bool draining_ = false;
  bool over_ = false;
  bool awaits_pong_ = false;
  bool telling_ = false;
};

}  // namespace sluice::http
