// SPDX-License-Identifier: Apache-2.0
// A caller's connection, whatever it speaks: counted, and in its shard's list until it is closed.
#pragma once

#include "http/server_core.hpp"
#include "http/wire.hpp"

#include <chrono>
#include <string>

namespace sluice::http {

class ServerConnection : public boost::intrusive_ref_counter<ServerConnection, boost::thread_unsafe_counter> {
 public:
  virtual ~ServerConnection() = default;
  ServerConnection(const ServerConnection&) = delete;
  ServerConnection& operator=(const ServerConnection&) = delete;

  /// Closes when nothing has been received of a request; otherwise lets the requests finish.
  virtual void drain() = 0;
  /// Ends a connection that the drain has not waited for, visibly.
  virtual void break_off() = 0;
  ServerConnection* next() const { return next_; }

  Wire& wire() const { return *wire_; }
  ServerShard& shard() const { return shard_; }
  const HttpLimits& limits() const { return shard_.core.limits(); }
  /// The other end's address.
  const std::string& peer() const { return peer_; }
  /// Puts into a request what its connection says of it: over TLS the scheme, and what the caller has shown.
  void describe(Request& request) const {
    if (const TlsStream* const tls = wire_->tls()) describe_tls(*tls, request);
  }

 protected:
  /// The list holds the connection until `close`.
  ServerConnection(ServerShard& shard, WireRef wire, std::string peer);
  /// Once; more often does nothing. What the list held may be gone afterwards.
  void close();
  bool is_closed() const { return closed_; }
  /// Closes when nothing is under way; over TLS the caller is told, so that it does not look cut.
  void close_idle();
  /// Leaves the wire to another connection, which counts in place of this one. What the list held may be gone
  /// afterwards.
  WireRef release();
  /// Says that nothing more will be sent, and reads and drops for a while before it closes, so that the peer gets what
  /// has been sent before a reset (R10).
  void linger();
  /// Up to a tenth more than its limit, different for each connection, so that those opened together do not end
  /// together (L11).
  bool is_old() const { return shard_.worker.turn_time() >= old_from_; }
  /// The time left; never 0, which would mean: no limit.
  std::chrono::milliseconds until(SteadyTime limit) const;

  SteadyTime limit_;  // of what is waited for

 private:
  static void describe_tls(const TlsStream& tls, Request& request);
  void leave_list();
  void on_linger_event(Wake why);

  ServerShard& shard_;
  WireRef wire_;
  ServerConnection* next_ = nullptr;
  ServerConnection** link_ = nullptr;
  const std::string peer_;
  SteadyTime old_from_;
  bool closed_ = false;
};

using ServerConnectionRef = boost::intrusive_ptr<ServerConnection>;

}  // namespace sluice::http
