// SPDX-License-Identifier: Apache-2.0
// A caller's connection, whatever it speaks: counted, and in its shard's list until it is closed.
#pragma once

#include "http/server_core.hpp"
#include "http/wire.hpp"

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

 protected:
  /// The list holds the connection until `close`.
  ServerConnection(ServerShard& shard, WireRef wire, std::string peer);
  /// Once; more often does nothing. What the list held may be gone afterwards.
  void close();
  bool is_closed() const { return closed_; }
  /// Up to a tenth more than its limit, different for each connection, so that those opened together do not end
  /// together (L11).
  bool is_old() const;

 private:
  ServerShard& shard_;
  WireRef wire_;
  ServerConnection* next_ = nullptr;
  ServerConnection** link_ = nullptr;
  const std::string peer_;
  SteadyTime opened_;
  bool closed_ = false;
};

using ServerConnectionRef = boost::intrusive_ptr<ServerConnection>;

}  // namespace sluice::http
