// SPDX-License-Identifier: Apache-2.0
// One HTTP/2 connection to a backend: the session's bytes over a wire. It reads all the time, because the peer may
// speak at any time; what it may hold of bodies is bounded by the windows.
#pragma once

#include "http/h2_client_session.hpp"
#include "http/wire.hpp"

#include <string>

namespace sluice::http {

class WorkerClient;
class H2ClientConnection;
struct H2OriginPool;
using H2ConnectionRef = boost::intrusive_ptr<H2ClientConnection>;

class H2ClientConnection : public boost::intrusive_ref_counter<H2ClientConnection, boost::thread_unsafe_counter> {
 public:
  /// Held by its pool until it is dropped.
  H2ClientConnection(WorkerClient& client, H2OriginPool& pool, WireRef wire);
  ~H2ClientConnection();

  WorkerClient& client() { return client_; }
  H2OriginPool& pool() { return *pool_; }
  H2ClientSession& session() { return session_; }
  /// How many more exchanges it takes now: none while there is doubt that it is alive.
  std::size_t room() const { return is_dropped_ || session_.awaits_pong() ? 0 : session_.room(); }
  bool is_dropped() const { return is_dropped_; }
  /// Nothing has been received since `then`.
  bool is_silent_since(SteadyTime then) const { return last_heard_ < then; }
  /// The peer has closed, which nobody has been told yet.
  bool peer_has_gone() { return wire_->peer_has_gone(); }

  /// After the session has been used: sends what there is to send, tells streams what became of them, and ends the
  /// connection if that is the end.
  void flush();
  /// An exchange waits in vain: finds out whether the connection is alive.
  void doubt();
  /// Ends it, and with it all its exchanges.
  void drop();

 private:
  enum class State : std::uint8_t { busy, idle, doubted };
  void on_event(Wake why);
  void on_quiet();
  bool receive();
  void watch();
  State state_now() const;
  void set_state(State state);
  std::chrono::milliseconds quiet_time() const;
  void send_output();
  /// False when the rest has to wait, or the connection is dead.
  bool write(std::string_view bytes);
  sluice::detail::Detached send_rest(H2ConnectionRef self);

  WorkerClient& client_;
  const boost::intrusive_ptr<H2OriginPool> pool_;
  WireRef wire_;
  H2ClientSession session_;
  std::string unsent_;  // what the kernel did not take: at most a block and a frame
  SteadyTime last_heard_;
  SteadyTime idle_since_;
  State state_ = State::busy;
  bool is_watching_ = false;
  bool is_sending_ = false;  // `send_rest` runs, or nothing can be sent any more
  bool is_dropped_ = false;
};

}  // namespace sluice::http
