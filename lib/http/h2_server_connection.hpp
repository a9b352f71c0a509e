// SPDX-License-Identifier: Apache-2.0
// One client connection of a server that speaks HTTP/2: bytes between its wire and its session, times, and the end.
//
//   open ──announce_end (L11, O3, T7)──▶ heard ──▶ ending: no new streams ──last stream ends──▶ over ─▶ lingering
//     ├─T4, T2, abuse, errors─────────────────────────GOAWAY──────────────────────────────────▶ over
//     └─caller gone, T5─▶ lost: streams are cancelled ──last one has ended──▶ closed
//
// What a turn of the loop has made is sent at its end, in as few writes as it fits into. An idle connection holds its
// session and no buffer.
#pragma once

#include "http/h2_server_session.hpp"
#include "http/server_connection.hpp"

#include <string>
#include <string_view>

namespace sluice::http {

class H2Connection final : public ServerConnection, private H2ServerSession::Streams {
 public:
  /// Takes over an accepted connection that has been counted. `received`: what has been read of it, from the connection
  /// preface on.
  static void start(ServerShard& shard, WireRef wire, std::string peer, std::string_view received);
  ~H2Connection() override;

  void drain() override;
  void break_off() override;

  // What its streams need.
  H2ServerSession& session() { return session_; }
  /// Sends at the end of this turn.
  void send_soon();
  /// Begins to end without harm to other streams.
  void end_soon();
  void on_stream_end();
  bool is_broken_off() const { return broken_off_; }

 private:
  struct Timer : DeadlineWheel::Entry {
    using Entry::Entry;
    H2Connection* connection = nullptr;
  };

  H2Connection(ServerShard& shard, WireRef wire, std::string peer);
  H2StreamRef make_stream() override;

  void watch();
  void on_event(Wake why);
  void on_time();
  void read();
  void receive(std::string_view bytes);
  bool attend();
  void flush();
  std::size_t fill(Block& block);
  bool write(std::string_view bytes);
  void on_writable(Wake why);
  void settle();
  void count_end();
  void lose();

  H2ServerSession session_;
  EventLoop::TurnEnd turn_end_;
  Timer grace_;  // for the peer to hear that the connection is ending
  std::string unsent_;
  SteadyTime idle_since_;
  SteadyTime block_since_;
  std::uint32_t blocks_ = 0;
  bool sends_soon_ = false;
  bool broken_off_ = false;
  bool lost_ = false;
  bool over_ = false;
};

}  // namespace sluice::http
