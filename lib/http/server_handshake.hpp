// SPDX-License-Identifier: Apache-2.0
// A caller's connection while TLS is being agreed on. No request can have been received, so a drain ends it at once.
//
//   silent ──bytes──▶ handshake ──agreed──▶ start_connection
//     └─T1─▶ closed ◀─T1─┘ └─refused─▶ lingering, so that the caller gets the alert
#pragma once

#include "http/server_connection.hpp"
#include "http/tls_server_context.hpp"

#include <memory>
#include <string>

namespace sluice::http {

class ServerHandshake final : public ServerConnection {
 public:
  /// Takes over an accepted connection that has been counted.
  static void start(ServerShard& shard, WireRef wire, std::string peer, std::shared_ptr<const TlsServerContext> tls);

  void drain() override { close(); }
  void break_off() override { close(); }

 private:
  ServerHandshake(ServerShard& shard, WireRef wire, std::string peer, std::shared_ptr<const TlsServerContext> tls);
  void await();
  void on_event(Wake why);
  void proceed();
  void finish();
  void refuse();
  void linger();

  std::shared_ptr<const TlsServerContext> tls_;
  SteadyTime limit_;
  bool lingers_ = false;
};

}  // namespace sluice::http
