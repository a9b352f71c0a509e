// SPDX-License-Identifier: Apache-2.0
#include "http/start_connection.hpp"

#include "http/h2_server_connection.hpp"
#include "http/server_session.hpp"

namespace sluice::http {

std::string_view offered_protocols(bool http2) { return http2 ? "\x02h2\x08http/1.1" : "\x08http/1.1"; }

void start_connection(ServerShard& shard, WireRef wire, std::string peer, std::string_view protocol) {
  if (protocol == "h2") return H2Connection::start(shard, std::move(wire), std::move(peer), {});
  Session::start(shard, std::move(wire), std::move(peer));
}

}  // namespace sluice::http
